#!/bin/bash
# SPDX-License-Identifier: MIT
# fuzz.sh - let libFuzzer look for input that the grader cannot stand, for a while.
#
# usage: tests/fuzz.sh [TARGET...]      default: all of tests/fuzz/*.c
#   FUZZ_SECONDS=30   for each of them
#
# With clang, AddressSanitizer and UndefinedBehaviorSanitizer. Each begins with
# what is in tests/fuzz/corpus/TARGET/, and goes on where the last time ended
# (build/fuzzing/grown/TARGET). What it finds lies in build/fuzzing/found/:
#
#   build/fuzzing/fuzz/TARGET build/fuzzing/found/TARGET-crash-...
#
# shows it again. Once it is mended the input goes into tests/fuzz/corpus/TARGET/,
# where tests/suite_fuzz.sh tries it ever after.
#
# Exit status: 0 nothing found, 1 something, 2 bad usage, 3 it could not be tried.
cd "$(dirname "$0")/.." || exit 3
build=${BUILD:-build}/fuzzing
seconds=${FUZZ_SECONDS:-30}
[[ $seconds =~ ^[1-9][0-9]*$ ]] || {
	echo "fuzz.sh: FUZZ_SECONDS=$seconds: a whole number of seconds is wanted" >&2
	exit 2
}
if [ $# -eq 0 ]; then
	for target in tests/fuzz/*.c; do
		[[ $target = */replay.c ]] || set -- "$@" "$(basename "$target" .c)"
	done
fi
for target; do
	[ -e "tests/fuzz/$target.c" ] || {
		echo "fuzz.sh: no such target: $target" >&2
		exit 2
	}
done

checks=address,undefined
make -s -j"$(nproc)" BUILD="$build" CC=clang WERROR= SHOW=: FUZZ_MAIN= \
	CFLAGS="-O1 -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,$checks -fno-sanitize-recover=all" \
	LDFLAGS="-fsanitize=fuzzer,$checks" "${@/#/$build/fuzz/}" || exit 3
mkdir -p "$build/found" "$build/log" || exit 3

# What a library keeps to the end is no leak of ours, nor what who refuses leaves.
export ASAN_OPTIONS=detect_leaks=0
status=0
for target; do
	mkdir -p "$build/grown/$target"
	log=$build/log/$target.txt
	"$build/fuzz/$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
		-max_len=16384 -print_final_stats=1 -artifact_prefix="$build/found/$target-" \
		"$build/grown/$target" "tests/fuzz/corpus/$target" >"$log" 2>&1
	found=$?
	runs=$(sed -n 's/^stat::number_of_executed_units: //p' "$log")
	if [ $found -eq 0 ]; then
		printf '%-10s %9s runs, %s\n' "$target" "$runs" 'nothing found'
	else
		status=1
		printf '%-10s %9s runs, FOUND: %s\n' "$target" "$runs" \
			"$(sed -n 's/^.*Test unit written to //p; s/^SUMMARY: //p' "$log" | tr '\n' ' ')"
		echo "           see $log"
	fi
done
exit $status
