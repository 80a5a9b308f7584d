#!/bin/bash
# SPDX-License-Identifier: MIT
# suite_build.sh - the front door: both compilers, no work repeated, nothing left lying about.
#
# shellcheck disable=SC2317 # try() calls the functions by name
cd "$(dirname "$0")/.." || exit 3
. tests/tap.sh

# The makes in here are not the one that runs this suite.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
unset BUILD CC CFLAGS CPPFLAGS LDFLAGS LAB FROM CHECK ARGS N SUITE V WERROR
scratch=$(mktemp -d) || exit 3
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM HUP
jobs=-j$(nproc)

make_in() {
	local build=$1
	shift
	make -s SHOW=: BUILD="$scratch/$build" "$@"
}

# A first build in full, by one compiler; its messages are the failure's details.
builds_clean() {
	local output
	output=$(make_in "$1" "$jobs" CC="$1" all 2>&1) || { echo "$output"; return 1; }
	output=$(grep -v '^building with' <<<"$output")
	[ -z "$output" ] || { echo "$output"; return 1; }
}

all_there() {
	local program missing=0
	for program in grade agent witness.so ordered.so common.a; do
		[ -s "$scratch/gcc/$program" ] || { echo "$program is missing"; missing=1; }
	done
	for program in tests/unit/*.c; do
		program=tests/$(basename "$program" .c)
		[ -x "$scratch/gcc/$program" ] || { echo "$program is missing"; missing=1; }
	done
	return "$missing"
}

nothing_to_do() {
	make_in gcc CC=gcc -q all || { make_in gcc CC=gcc -n all; return 1; }
}

# How many files the next make in this directory would compile.
to_compile() {
	make_in "$@" -n all V=1 | grep -c -- ' -c -o '
}

other_flags_rebuild() {
	local all
	all=$(to_compile empty)
	echo "of $all files, those that would be compiled:"
	echo "with CFLAGS=-O0 $(to_compile gcc CC=gcc CFLAGS=-O0 | tee "$scratch/flags")"
	echo "with CC=clang $(to_compile gcc CC=clang | tee "$scratch/compiler")"
	echo "with neither $(to_compile gcc CC=gcc | tee "$scratch/neither")"
	[ "$(cat "$scratch"/{flags,compiler,neither} | xargs)" = "$all $all 0" ]
}

header_rebuilds() {
	local affected users
	users=$(grep -rl --include='*.d' 'sys_err\.h' "$scratch/gcc/obj" | wc -l)
	affected=$(to_compile gcc CC=gcc -W common/sys_err.h)
	echo "$users files include it, $affected would be compiled"
	[ "$users" -gt 0 ] && [ "$affected" -eq "$users" ]
}

documented_goals() {
	sed -n 's/^\([a-z]*\):.*## .*/\1/p' Makefile
}

help_lists_all() {
	local goal missing=0 help
	help=$(make 2>&1) || return
	[ "$help" = "$(make help)" ] || { echo "make alone is not make help"; return 1; }
	for goal in $(documented_goals); do
		grep -q "^  make $goal " <<<"$help" || { echo "make $goal is not listed"; missing=1; }
	done
	for goal in help setup check list test lint soak clean; do
		documented_goals | grep -qx "$goal" || { echo "there is no make $goal"; missing=1; }
	done
	return "$missing"
}

list_works() {
	local lab output
	output=$(make_in gcc CC=gcc list 2>&1) || { echo "$output"; return 1; }
	for lab in labs/*/; do
		lab=$(basename "$lab")
		lab=${lab#*-} lab=${lab%%-*}
		grep -q "$lab\\.builds" <<<"$output" || { echo "no $lab.builds in: $output"; return 1; }
	done
}

no_such_lab() {
	local output status
	output=$(make_in gcc CC=gcc check LAB=no-such-lab 2>&1)
	status=$?
	echo "$output"
	[ "$status" -ne 0 ] && ! grep -q 'Not full marks' <<<"$output"
}

# A folder with a space in its name reaches the grader as one word, and a
# failure's status comes through.
folder_with_space() {
	local output status
	mkdir -p "$scratch/my files"
	cp labs/01-bare/*.c "$scratch/my files"
	output=$(make_in gcc CC=gcc check LAB=01 FROM="$scratch/my files" 2>&1)
	status=$?
	echo "$output"
	[ "$status" -ne 0 ] && grep -q 'Not full marks' <<<"$output"
}

programs_of() {
	(cd "$1" && find . -name '*.c' | sort)
}

solutions_mirror_labs() {
	diff <(programs_of labs) <(programs_of solutions)
}

checkout_unchanged() {
	local after
	after=$(git status --porcelain)
	diff <(echo "$before") <(echo "$after")
}

before=$(git status --porcelain 2>/dev/null)
have_git=$?

try 'gcc builds everything without a word' builds_clean gcc
try 'everything is there' all_there
try 'a second make has nothing to do' nothing_to_do
if command -v clang >/dev/null; then
	try 'clang builds everything without a word' builds_clean clang
else
	skip 'clang builds everything without a word' 'no clang here; make lint installs it'
fi
try 'other flags and another compiler rebuild everything' other_flags_rebuild
try 'a changed header rebuilds what includes it' header_rebuilds
try 'make help lists every goal' help_lists_all
try 'make list names the checks of every lab' list_works
try 'make check of no such lab fails, and says it is not about marks' no_such_lab
try 'make check takes a folder with a space in its name' folder_with_space
try 'solutions/ has the same programs as labs/' solutions_mirror_labs
if [ $have_git -eq 0 ]; then
	try 'building has changed nothing in the checkout' checkout_unchanged
else
	skip 'building has changed nothing in the checkout' 'not a git checkout'
fi
finish
