#!/bin/bash
# SPDX-License-Identifier: MIT
# run.sh - run the suites one after another, and add up what they found.
#
# usage: tests/run.sh [-v] [SUITE...]      default: unit, then all the others but
#                                          browser and cluster, which need more than they do
#   -v  show every line of every suite, not only the failures
#
# A suite is tests/unit.sh or an executable tests/suite_SUITE.sh. It prints TAP:
#   ok 1 - what          not ok 2 - what        ok 3 - what # SKIP why
#   # details of the failure above              1..3      at the very end
# One that fails without saying so, or ends without its plan, is a failure more.
# All that a suite prints is kept in build/test-output/SUITE.txt.
#
# The last line is `N passed, N failed, N skipped`. Exit status: 0 if all that
# ran has passed, 1 if something failed or nothing ran, 2 after bad usage.
cd "$(dirname "$0")/.." || exit 3
export BUILD=${BUILD:-build}
out=$BUILD/test-output
# A suite that calls make means a make of its own.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES

# A backstop, in seconds, for a suite that hangs; on a machine that others use, too,
# the mutants have taken 20 minutes.
deadline=$((3000 * ${TIMEOUT_FACTOR:-1}))

die() {
	printf 'run.sh: %s\n' "$*" >&2
	exit 2
}

# ---- what the screen shows ---------------------------------------------------

on_terminal=''
[ ! -t 1 ] || [ "${TERM:-dumb}" = dumb ] || on_terminal=yes
red='' green='' yellow='' plain=''
if [ "$on_terminal" ] && [ -z "${NO_COLOR:-}" ]; then
	red=$'\e[31m' green=$'\e[32m' yellow=$'\e[33m' plain=$'\e[m'
fi

# Puts a line in the place of the progress shown so far.
show() {
	printf '%s%s\n' "${on_terminal:+$'\r\e[K'}" "$1"
}

counts() {
	printf '%4d passed %4d failed %4d skipped' "$1" "$2" "$3"
}

# Only a terminal can show what will be overwritten.
progress() {
	[ "$on_terminal" ] || return
	printf '\r\e[K%-12s %s  %5d s  %s' "$suite" \
		"$(counts "$passed" "$failed" "$skipped")" $((SECONDS - began)) "${1:0:40}"
}

# ---- one suite ---------------------------------------------------------------

fail() {
	failed=$((failed + 1))
	failures+=("$suite: $1")
	show "${red}not ok${plain} - $suite: $1"
}

take_line() {
	local line=$1
	printf '%s\n' "$line" >>"$file"
	[ -z "$verbose" ] || show "$line"
	case $line in
	'ok '*'# SKIP'*)
		skipped=$((skipped + 1))
		line=${line#'ok '* - }
		skips+=("$suite: ${line/ # SKIP/:}")
		;;
	'ok '[0-9]*) passed=$((passed + 1)) ;;
	'not ok '[0-9]*)
		failing=yes
		fail "${line#'not ok '* - }"
		;;
	'Bail out!'*) fail "$line" ;;
	1..[0-9]*) plan=${line#1..} plan=${plan%% *} ;;
	'#'*) [ -z "$failing" ] || [ "$verbose" ] || show "    ${line#'# '}" ;;
	esac
	case $1 in 'ok '*) failing='' ;; esac
	case $1 in 'ok '* | 'not ok '*) seen=$((seen + 1)) && progress "${1#* - }" ;; esac
}

# The suite's own last line; nothing else begins with this byte.
end_mark=$'\x01'

# Takes line after line up to the end mark, not up to the end of the output:
# what a suite has left behind may hold that open.
read_lines() {
	local line
	while IFS= read -r line || [ "$line" ]; do
		case $line in
		"$end_mark"*) status=${line#"$end_mark"} && return ;;
		'') ;;
		*) take_line "$line" ;;
		esac
	done
}

run_suite() {
	local command=$1 status='' seen=0 plan='' failing='' failed_before=$failed
	exec 3< <(
		timeout -k 10 "$deadline" "$command" 2>&1 </dev/null
		printf '\n%s%d\n' "$end_mark" $?
	)
	running=$!
	read_lines <&3
	running=''
	exec 3<&-
	if [ "$status" = 124 ]; then
		fail "not done after $deadline s"
	elif [ -z "$plan" ]; then
		fail "ended without its plan, status $status; the end of $file:"
		tail -n 20 "$file" | sed 's/^/    /'
	elif [ "$plan" != "$seen" ]; then
		fail "announced $plan tests, ran $seen"
	elif [ "$status" != 0 ] && [ "$failed" -eq "$failed_before" ]; then
		fail "exit status $status, though nothing failed"
	fi
}

running=''
# timeout, the child of what run_suite() started, is the head of a process group.
stop() {
	local suite=''
	[ -z "$running" ] || read -r suite <"/proc/$running/task/$running/children"
	[ -z "$suite" ] || kill -TERM -- "-$suite" 2>/dev/null
	show "stopped"
	trap - "$1"
	kill -"$1" $$
}
trap 'stop INT' INT
trap 'stop TERM' TERM
trap 'stop HUP' HUP

# ---- all of them -------------------------------------------------------------

verbose=''
while getopts v option; do
	case $option in
	v) verbose=yes ;;
	*) die "usage: tests/run.sh [-v] [SUITE...]" ;;
	esac
done
shift $((OPTIND - 1))

command_of() {
	case $1 in
	unit) echo tests/unit.sh ;;
	*) echo "tests/suite_$1.sh" ;;
	esac
}

if [ $# -eq 0 ]; then
	set -- unit
	for command in tests/suite_*.sh; do
		case $command in *_browser.sh | *_cluster.sh) continue ;; esac
		[ ! -e "$command" ] || set -- "$@" "$(basename "${command#*suite_}" .sh)"
	done
fi
for suite; do
	[ -e "$(command_of "$suite")" ] || die "no such suite: $suite"
done
mkdir -p "$out" || exit 3

all_passed=0 all_failed=0 all_skipped=0
failures=() skips=()
for suite; do
	passed=0 failed=0 skipped=0 began=$SECONDS
	file=$out/$suite.txt
	: >"$file" || exit 3
	[ "$on_terminal" ] || echo "$suite: running"
	progress ''
	started=$EPOCHREALTIME
	run_suite "$(command_of "$suite")"
	tenths=$(((${EPOCHREALTIME/[.,]/} - ${started/[.,]/}) / 100000))
	colour=$green
	[ "$failed" -eq 0 ] || colour=$red
	show "$(printf '%-12s %s%s%s  %5d.%d s' "$suite" "$colour" \
		"$(counts "$passed" "$failed" "$skipped")" "$plain" $((tenths / 10)) $((tenths % 10)))"
	all_passed=$((all_passed + passed))
	all_failed=$((all_failed + failed))
	all_skipped=$((all_skipped + skipped))
done

echo
[ ${#skips[@]} -eq 0 ] || printf "${yellow}skipped${plain} %s\n" "${skips[@]}"
[ ${#failures[@]} -eq 0 ] || printf "${red}failed${plain}  %s\n" "${failures[@]}"
[ $((all_passed + all_failed)) -gt 0 ] || echo "nothing was run"
echo "$all_passed passed, $all_failed failed, $all_skipped skipped"
[ "$all_failed" -eq 0 ] && [ "$all_passed" -gt 0 ]
