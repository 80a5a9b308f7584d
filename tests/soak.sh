#!/bin/bash
# SPDX-License-Identifier: MIT
# soak.sh - grade the same submissions again and again on busy cores: nothing may change.
#
# usage: [HESITANT=yes] tests/soak.sh [ROUNDS [SUBMISSION...]]
#
# A submission is a folder (solutions/03-fork) or a mutant's patch. Default: 10
# rounds of all solutions and of the mutants in tests/mutants/telling.txt.
# HESITANT=yes holds them up at random, too: grader/inside/hesitate.h.
# The first round says what each check's status and diagnosis is; each that is
# another in a later round is shown and counted. The last line is the count.
# Exit status: 0 if nothing has changed, 1 if something has, 2 after bad usage.
cd "$(dirname "$0")/.." || exit 3
. tests/matrix.sh

rounds=${1:-10}
[[ $rounds =~ ^[1-9][0-9]*$ ]] || { echo "soak.sh: not a number of rounds: $rounds" >&2; exit 2; }
[ $# -eq 0 ] || shift
submissions=("$@")
[ $# -gt 0 ] || mapfile -t submissions < <(
	labs_of solutions | sed 's|^|solutions/|'
	cat tests/mutants/telling.txt
)

scratch=$(mktemp -d) || exit 3
trap 'rest; rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM HUP

if [ "${HESITANT:-}" ]; then
	mkdir "$scratch/hesitant" && make_hesitant "$scratch/hesitant" || exit 3
	grade=$scratch/hesitant/grade
fi

# Prints the difference from the first time.
compare() {
	local now first=$scratch/${1//\//_} change
	now=$(verdicts_of "$1" 2>&1)
	[ -e "$first" ] || printf '%s\n' "$now" >"$first"
	change=$(diff "$first" <(printf '%s\n' "$now")) || printf '%s\n%s\n' "$1" "$change"
}
export -f compare verdicts_of verdicts lab_of make_mutant mutant_is
export scratch grade result

time_left() {
	local seconds=$(((SECONDS * (rounds - round) + round - 1) / round))
	if [ $seconds -ge 100 ]; then
		echo "$(((seconds + 59) / 60)) minutes"
	else
		echo "$seconds seconds"
	fi
}

keep_busy
changes=0
for ((round = 1; round <= rounds; round++)); do
	seen=$(printf '%s\n' "${submissions[@]}" | together compare)
	if [ "$seen" ]; then
		changes=$((changes + $(grep -c '^[^<>0-9-]' <<<"$seen")))
		printf 'round %d: changed\n%s\n' "$round" "$seen"
	fi
	[ "$round" -eq "$rounds" ] ||
		echo "round $round of $rounds: $changes changes so far, $(time_left) left"
done
echo "$rounds rounds of ${#submissions[@]} submissions, $changes changes"
[ "$changes" -eq 0 ]
