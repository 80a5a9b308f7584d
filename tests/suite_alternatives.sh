#!/bin/bash
# SPDX-License-Identifier: MIT
# suite_alternatives.sh - correct programs in other styles than ours get full marks, and no check is skipped.
#
# shellcheck disable=SC2317 # try() and others call the functions by name
cd "$(dirname "$0")/.." || exit 3
. tests/tap.sh
. tests/matrix.sh

least=5 # in each lab, so that no style can become the only one

enough() {
	local found=0 dir
	for dir in "tests/alternatives/$1"/*/; do
		[ ! -d "$dir" ] || found=$((found + 1))
	done
	echo "$found there, $least wanted"
	[ "$found" -ge "$least" ]
}

for lab in $(labs_of labs); do
	try "$lab has $least alternatives at least" enough "$lab"
done

# One line each: its name, and the checks that it has not passed.
grade_one() {
	local path=${1%/}
	echo "$path: $(verdicts "$(basename "$(dirname "$path")")" "$path" | paste -s -d ';')"
}
export -f grade_one verdicts
export grade result
while IFS= read -r line; do
	name=${line%%: *} seen=${line#*: }
	if [ -z "$seen" ]; then
		ok "$name"
	else
		not_ok "$name" "${seen//;/$'\n'}"
	fi
done < <(printf '%s\n' tests/alternatives/*/*/ | together grade_one)
finish
