#!/bin/bash
# SPDX-License-Identifier: MIT
# mutant.sh - grade a wrong program, and compare with what its patch says must be found.
#
# usage: tests/mutant.sh [-q] PATCH...
#   -q  quick: without the lab's memory check, which takes longer than all the
#       others together, unless the patch names it
#
# For each "ok LAB/NAME: what it does wrong", or "not ok ..." and what differs.
# Exit status: 0 if all are as they should be, 1 if not, 2 after bad usage.
cd "$(dirname "$0")/.." || exit 3
. tests/matrix.sh

quick=''
while getopts q option; do
	case $option in
	q) quick=yes ;;
	*)
		echo 'usage: tests/mutant.sh [-q] PATCH...' >&2
		exit 2
		;;
	esac
done
shift $((OPTIND - 1))

scratch=$(mktemp -d) || exit 3
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM HUP
result=$scratch/result.json

# What differs, if anything.
judge() {
	local patch=$1 lab dir=$scratch/program checks=()
	lab=$(basename "$(dirname "$patch")")
	rm -rf "$dir"
	mkdir "$dir" || return
	make_mutant "$patch" "$dir" || return
	mutant_expects "$patch" "$lab" >"$scratch/expected"
	if [ "$quick" ] && ! grep -q '\.memory' "$scratch/expected"; then
		mapfile -t checks < <(checks_of "$lab" | grep -v '\.memory$')
	fi
	verdicts "$lab" "$dir" "${checks[@]}" >"$scratch/seen"
	diff "$scratch/expected" "$scratch/seen" >"$scratch/diff" && return
	sed -n 's/^</but not:/p; s/^>/seen:/p' "$scratch/diff"
	# shellcheck disable=SC2046 # a word for each check
	reasons "$result" $(sed -n 's/^> fail \([^ ]*\).*/\1/p' "$scratch/diff")
	return 1
}

failed=0
for patch; do
	name=${patch#*tests/mutants/}
	what="${name%.patch}: $(mutant_is "$patch" Wrong | paste -s -d ' ')"
	if details=$(judge "$patch" 2>&1); then
		echo "ok $what"
	else
		printf 'not ok %s\n# %s\n' "$what" "${details//$'\n'/$'\n# '}"
		failed=1
	fi
done
exit $failed
