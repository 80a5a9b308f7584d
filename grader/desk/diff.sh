#!/bin/bash
# SPDX-License-Identifier: MIT
# diff.sh - the solution beside the student's file: once the lab is done, or with SPOIL=1.
#
# usage: [LAB=03] [SPOIL=1] grader/desk/diff.sh
cd "$(dirname "$0")/../.." || exit 3
. grader/desk/lib.sh
lab=$(chosen_lab) || exit
[ -d "solutions/$lab" ] || die "$(said 'There are no solutions in this copy of the course.')"
if [ -z "${SPOIL:-}" ] && ! { is_begun "$lab" && is_done "$lab"; }; then
	die "$(said '%s is not done yet. If you want to see its solution all the same: %s' "$lab" \
		"make diff LAB=${lab%%-*} SPOIL=1")"
fi
wide=$(tput cols 2>/dev/null || echo 80)
how=(-u)
[ "$wide" -lt 140 ] || how=(-y -W "$wide" -t)
[ ! -t 1 ] || [ -n "${NO_COLOR:-}" ] || how+=(--color=always)
for file in $(files_of "$lab"); do
	cmp -s "labs/$lab/$file" "solutions/$lab/$file" && said '%s is the solution.\n' "labs/$lab/$file" && continue
	said '%s (left, or -) and %s (right, or +)\n' "labs/$lab/$file" "solutions/$lab/$file"
	diff "${how[@]}" "labs/$lab/$file" "solutions/$lab/$file"
done | { if [ -t 1 ]; then ${PAGER:-less -RFX}; else cat; fi; }
