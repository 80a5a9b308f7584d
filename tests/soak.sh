#!/bin/bash
# SPDX-License-Identifier: MIT
# soak.sh - grade the same submissions again and again on busy cores: nothing may change.
#
# usage: tests/soak.sh [ROUNDS [LAB DIR]...]      default: 10, every solution
#
# The first round says what each check's status and diagnosis is; each that is
# another in a later round is shown and counted. The last line is the count.
# Exit status: 0 if nothing has changed, 1 if something has, 2 after bad usage.
cd "$(dirname "$0")/.." || exit 3
build=${BUILD:-build}

rounds=${1:-10}
[[ $rounds =~ ^[1-9][0-9]*$ ]] || { echo "soak.sh: not a number of rounds: $rounds" >&2; exit 2; }
[ $# -eq 0 ] || shift
if [ $# -eq 0 ]; then
	for dir in solutions/*/; do
		set -- "$@" "$(basename "$dir")" "$dir"
	done
fi

scratch=$(mktemp -d) || exit 3
load=()
clean_up() {
	[ ${#load[@]} -eq 0 ] || kill "${load[@]}" 2>/dev/null
	rm -rf "$scratch"
}
trap clean_up EXIT
trap 'exit 1' INT TERM HUP

# Every core has something else to do, for as long as this script lives.
keep_busy() {
	local i
	while kill -0 $$ 2>/dev/null; do
		for ((i = 0; i < 10000; i++)); do :; done
	done
}
for ((core = $(nproc); core > 0; core--)); do
	keep_busy &
	load+=($!)
done

# What must not change, one line for each check.
verdicts() {
	local status
	"$build/grade" -f json -s "$2" "$1" >"$scratch/json" 2>"$scratch/stderr" </dev/null
	status=$?
	echo "exit status $status"
	jq -r '.labs[].checks[] | "\(.id) \(.status) \(.diagnosis // "")"' "$scratch/json" 2>&1
	[ "$status" -le 1 ] || cat "$scratch/stderr"
}

time_left() {
	local seconds=$(((SECONDS * (rounds - round) + round - 1) / round))
	if [ $seconds -ge 100 ]; then
		echo "$(((seconds + 59) / 60)) minutes"
	else
		echo "$seconds seconds"
	fi
}

changes=0
for ((round = 1; round <= rounds; round++)); do
	submissions=0
	for ((i = 1; i < $#; i += 2)); do
		submissions=$((submissions + 1))
		first=$scratch/$submissions
		verdicts "${!i}" "${@:i+1:1}" >"$scratch/now"
		[ -e "$first" ] || cp "$scratch/now" "$first"
		if ! change=$(diff "$first" "$scratch/now"); then
			changes=$((changes + 1))
			printf 'round %d, %s %s\n%s\n' "$round" "${!i}" "${@:i+1:1}" "$change"
		fi
	done
	[ "$round" -eq "$rounds" ] ||
		echo "round $round of $rounds: $changes changes so far, $(time_left) left"
done
echo "$rounds rounds of $submissions submissions, $changes changes"
[ "$changes" -eq 0 ]
