#!/bin/bash
# SPDX-License-Identifier: MIT
# mutant.sh - grade a wrong program and compare with what its patch says must be found.
#
# usage: tests/mutant.sh PATCH...
#
# For each "ok LAB/NAME: what it does wrong", or "not ok ..." and what differs.
# Exit status: 0 if all are as they should be, 1 if not.
cd "$(dirname "$0")/.." || exit 3
. tests/matrix.sh
scratch=$(mktemp -d) || exit 3
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM HUP
result=$scratch/result.json

# The differences, if any.
judge() {
	local patch=$1 lab dir=$scratch/$2
	lab=$(basename "$(dirname "$patch")")
	mkdir "$dir" || return
	make_mutant "$patch" "$dir" || return
	verdicts "$lab" "$dir" >"$scratch/seen"
	mutant_expects "$patch" "$lab" >"$scratch/expected"
	diff "$scratch/expected" "$scratch/seen" >"$scratch/diff" && return
	sed -n 's/^</but not:/p; s/^>/seen:/p' "$scratch/diff"
	# shellcheck disable=SC2046 # a word for each check
	reasons "$result" $(sed -n 's/^> fail \([^ ]*\).*/\1/p' "$scratch/diff")
	return 1
}

failed=0
for patch; do
	name=${patch#*tests/mutants/}
	name=${name%.patch}
	what="$name: $(mutant_is "$patch" Wrong | xargs -d '\n')"
	if details=$(judge "$patch" "$(basename "$name")" 2>&1); then
		echo "ok $what"
	else
		printf 'not ok %s\n' "$what"
		printf '%s\n' "$details" | sed 's/^/# /'
		failed=1
	fi
done
exit $failed
