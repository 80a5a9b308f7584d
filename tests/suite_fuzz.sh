#!/bin/bash
# SPDX-License-Identifier: MIT
# suite_fuzz.sh - input that was hard on the grader once does it no harm any more.
#
# What `make fuzz` begins with, and what it has found, is in tests/fuzz/corpus/.
#
# shellcheck disable=SC2317 # try() calls functions by name
cd "$(dirname "$0")/.." || exit 3
. tests/tap.sh
build=${BUILD:-build}

# A target that is killed says where it was by its last line.
replay() {
	"$build/fuzz/$1" tests/fuzz/corpus/"$1"/* || { echo "status $?"; return 1; }
}

for source in tests/fuzz/*.c; do
	target=$(basename "$source" .c)
	[ "$target" != replay ] || continue
	try "$target: $(find "tests/fuzz/corpus/$target" -type f | wc -l) inputs do no harm" replay "$target"
done
for folder in tests/fuzz/corpus/*/; do
	[ -e "tests/fuzz/$(basename "$folder").c" ] || not_ok "$folder: there is no such target"
done
finish
