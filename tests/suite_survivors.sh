#!/bin/bash
# SPDX-License-Identifier: MIT
# suite_survivors.sh - grade is struck down in the middle: nothing of it may be left.
#
# Each time it is struck by SIGINT, SIGTERM, SIGHUP or SIGKILL at one moment: when
# it has printed something, or when the compiler, a server, valgrind runs.  It
# has to end by that signal; afterwards there is no process, namespace, mount,
# System V object or file of it, and the output file is what it was before.
#
# Without a sandbox this can be promised for signals that can be caught only.
#
# shellcheck disable=SC2317 # try() and trap call functions by name
cd "$(dirname "$0")/.." || exit 3
. tests/tap.sh
build=$(realpath "${BUILD:-build}") || exit 3
export COURSE=$PWD
deadline=$((60 * ${TIMEOUT_FACTOR:-1}))

scratch=$(mktemp -d) || exit 3
chmod 755 "$scratch"
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM HUP
cc -O1 -o "$scratch/keeper" tests/hostile/keeper.c || exit 3

# One that leaves daemons behind, which ignore all signals but SIGKILL.
mkdir "$scratch/outlive"
sed -e '/^#include "hostile.h"$/{r tests/hostile/hostile.h' -e 'd}' \
	tests/hostile/outlive.c >"$scratch/outlive/server.c"

objects() {
	ipcs -a | awk -v me="$(id -un)" '$3 == me || $3 == 65533'
}

# struck SIGNAL WHEN GRADE-OPTION...
struck() {
	local signal=$1 when=$2 dir status=0 mounts objects left
	shift 2
	dir=$(mktemp -d "$scratch/XXXXXX")
	chmod 755 "$dir"
	mkdir "$dir/tmp" "$dir/output"
	chmod 777 "$dir/tmp" "$dir/output"
	echo old >"$dir/output/result"
	mounts=$(cat /proc/self/mountinfo)
	objects=$(objects)

	# What is printed at once and to a file are not the same thing here.
	if [ "$when" != output ]; then set -- -o "$dir/output/result" "$@"; fi
	TMPDIR=$dir/tmp "$scratch/keeper" -s "$(kill -l "$signal")" -w "$when" "$deadline" \
		"$dir/left" "${as[@]}" "$build/grade" "$@" >"$dir/stdout" 2>"$dir/stderr" </dev/null

	[ ! -s "$dir/left" ] || { cat "$dir/left"; status=1; }
	case $signal in
	KILL) left='' ;;
	*) left='grade: interrupted' ;;
	esac
	if [ "$(cat "$dir/stderr")" != "$left" ] && [ "$(cat "$dir/stderr")" ]; then
		echo "on stderr: $(cat "$dir/stderr")"
		status=1
	fi
	left=$(find "$dir/tmp" "$dir/output" -mindepth 1 ! -path "$dir/output/result")
	[ -z "$left" ] || { echo "left: $left"; status=1; }
	[ "$(cat "$dir/output/result")" = old ] || { echo "the output file has changed"; status=1; }
	diff <(echo "$mounts") /proc/self/mountinfo || { echo "another mount"; status=1; }
	[ "$objects" = "$(objects)" ] || { echo "another System V object: $(objects)"; status=1; }
	return "$status"
}

# It ends by itself, while others are on trial.
stops_at_failure() {
	local dir
	dir=$(mktemp -d "$scratch/XXXXXX")
	chmod 755 "$dir"
	mkdir -m 777 "$dir/tmp"
	TMPDIR=$dir/tmp "$scratch/keeper" "$deadline" "$dir/left" \
		"$build/grade" --stop-at-failure -j 4 "$@" >"$dir/stdout" 2>&1 </dev/null
	[ $? -eq 1 ] || { echo 'another exit status'; cat "$dir/stdout"; return 1; }
	[ "$(grep -c '^fail ' "$dir/stdout")" = 1 ] || { grep '^fail' "$dir/stdout"; return 1; }
	! grep . "$dir/left" && ! find "$dir/tmp" -mindepth 1 | grep .
}

# strike FLAG LAB DIR SIGNAL WHEN...      as the user in `as`
as=()
strike() {
	local flag=$1 lab=$2 dir=$3 signal=$4 when
	shift 4
	for when; do
		try "SIG$signal, ${flag#--}${as:+, ordinary user}, $(basename "$dir"): ${when/output/first output}" \
			struck "$signal" "$when" "$flag" -s "$dir" "$lab"
	done
}

"$build/grade" --require-sandbox -c bare.builds -s solutions/01-bare 01 >"$scratch/why" 2>&1
if grep -q '^grade: no sandbox' "$scratch/why"; then
	skip 'struck down in a sandbox' "$(head -n 1 "$scratch/why")"
else
	for signal in INT TERM HUP KILL; do
		strike --require-sandbox 01 solutions/01-bare $signal output cc1 memcheck
		strike --require-sandbox 01 "$scratch/outlive" $signal server
	done
	try 'the first failure of a starter ends it' \
		stops_at_failure --require-sandbox -s labs/03-fork 03
	try 'the first failure of one that leaves daemons ends it' \
		stops_at_failure --require-sandbox -s "$scratch/outlive" 01
	strike --require-sandbox 03 solutions/03-fork KILL bwrap server
	strike --require-sandbox all . TERM output server
	as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
	if [ "$(id -u)" -eq 0 ] && "${as[@]}" test -x "$build/grade" -a -r solutions; then
		strike --require-sandbox 01 "$scratch/outlive" KILL cc1 server
		strike --require-sandbox 01 "$scratch/outlive" TERM output memcheck
	fi
	as=()
fi
for signal in INT TERM HUP; do
	strike --no-sandbox 01 "$scratch/outlive" $signal output server memcheck
done
strike --no-sandbox 03 solutions/03-fork TERM cc1 output
finish
