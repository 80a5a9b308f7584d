#!/bin/bash
# SPDX-License-Identifier: MIT
# suite_steady.sh - solutions and telling mutants, four times on busy cores: always the same verdict.
#
# The fourth time they are held up at random, too: see grader/inside/hesitate.h.
#
# shellcheck disable=SC2317 # together() calls judge() by name
cd "$(dirname "$0")/.." || exit 3
. tests/tap.sh
. tests/matrix.sh
scratch=$(mktemp -d) || exit 3
trap 'rest; rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM HUP

mkdir "$scratch/hesitant" && make_hesitant "$scratch/hesitant" || exit 3
rounds=(first second third hesitant)

submissions() {
	labs_of solutions | sed 's|^|solutions/|'
	cat tests/mutants/telling.txt
}

# "ROUND SUBMISSION", into a file of that name.
judge() {
	local round=${1%% *} submission=${1#* }
	[ "$round" != hesitant ] || grade=$scratch/hesitant/grade
	verdicts_of "$submission" >"$scratch/$round.${submission//\//_}" 2>&1
}
export -f judge verdicts_of verdicts lab_of make_mutant mutant_is
export scratch grade result

keep_busy
for round in "${rounds[@]}"; do
	submissions | sed "s/^/$round /"
done | together judge
rest

for submission in $(submissions); do
	case $submission in
	*.patch) mutant_expects "$submission" "$(lab_of "$submission")" ;;
	*) ;;
	esac >"$scratch/expected"
	details=()
	for round in "${rounds[@]}"; do
		change=$(diff "$scratch/expected" "$scratch/$round.${submission//\//_}") ||
			details+=("the $round time:" "$change")
	done
	if [ ${#details[@]} -eq 0 ]; then
		ok "$submission: always the same"
	else
		not_ok "$submission: always the same" "${details[@]}"
	fi
done
finish
