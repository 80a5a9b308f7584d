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

# What is seen is told in the same words, where it does not depend on who is
# faster: what the grader itself has chosen does not.
words() {
	local n patch=tests/mutants/$1.patch dir=$scratch/words
	rm -rf "$dir" && mkdir "$dir" && make_mutant "$patch" "$dir" || return
	for n in 1 2; do
		"$grade" -f json -c "$2" -s "$dir" "$(lab_of "$patch")" </dev/null |
			jq 'walk(if type == "object" then del(.seconds, .ms, .timeline) else . end)' >"$scratch/words.$n"
	done
	jq -e '.labs[0].checks[0].status == "fail"' "$scratch/words.1" >/dev/null && diff "$scratch/words".[12]
}
try 'where clients call from: the same words' words 03-fork/log-port-not-ntohs fork.log
try 'what is wrong in a long echo: the same words' words 02-loop/sends-strlen loop.large
try 'a port that the kernel has chosen: the same words' words 01-bare/no-bind bare.listens
try 'a server that ends right after listen(): the same words' words 01-bare/recv-on-listener bare.listens
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
