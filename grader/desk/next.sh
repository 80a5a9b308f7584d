#!/bin/bash
# SPDX-License-Identifier: MIT
# next.sh - the staircase of labs, the points so far, and what to do next.
#
# usage: grader/desk/next.sh
#
# A lab whose files are as they came is not graded; the others are if they have
# changed since the last time.
cd "$(dirname "$0")/../.." || exit 3
. grader/desk/lib.sh
keep_starters
here=$(current_lab) || exit

stair() {
	local lab=$1 points most bar
	if ! is_begun "$lab"; then
		printf '  %-13s %s\n' "$lab" "$(dim 'not begun')"
		return
	fi
	read -r points most < <(points_of "$lab") || return
	printf -v bar '%*s' $((points * 20 / most)) ''
	printf '  %-13s %-20s %3d of %d\n' "$lab" "${bar// /#}" "$points" "$most"
}

what_to_do() {
	local lab=$1 result failure
	if ! is_begun "$lab"; then
		printf 'Read labs/%s/README.md, and begin with its first step.\n' "$lab"
		return
	fi
	result=$(result_of "$lab") || exit
	failure=$(first_failure "$result")
	if [ -z "$failure" ]; then
		echo 'All labs are done. Look at how the models compare: read the handouts again.'
		return
	fi
	jq -r --arg n "${lab%%-*}" '"Next, in \(.lab): \(.id), for \(.max_points) points",
		"  \(.title)", "",
		"  make check LAB=\($n) CHECK=\(.id)   what was done, expected and seen",
		"  make hint LAB=\($n)   a question, then more",
		"  \(.handout // "labs/\(.lab)/README.md")   where it is taught"' <<<"$failure"
}

echo
for lab in $(labs); do
	[ "$lab" = "$here" ] && printf '%s' '>' || printf ' '
	stair "$lab"
done
echo
what_to_do "$here"
