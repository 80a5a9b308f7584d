# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# tap.sh - the words that a suite is written in; a suite sources this file.
#
#   ok WHAT                  one more that passed
#   not_ok WHAT [DETAIL...]  one more that failed; each detail may have many lines
#   skip WHAT WHY            one that could not be tried here
#   try WHAT COMMAND...      runs the command; fails with its output if it fails
#   finish                   the plan, and the suite's exit status: call it last
#
# They print TAP, which tests/run.sh reads: a suite that ends without the plan
# has died on the way.

# What is compared is English, whatever the caller reads.
export LC_ALL=C.UTF-8
unset LANGUAGE

tap_count=0
tap_failed=0

ok() {
	printf 'ok %d - %s\n' $((++tap_count)) "$1"
}

not_ok() {
	printf 'not ok %d - %s\n' $((++tap_count)) "$1"
	shift
	[ -z "$*" ] || printf '%s\n' "$@" | sed 's/^/# /'
	tap_failed=$((tap_failed + 1))
}

skip() {
	printf 'ok %d - %s # SKIP %s\n' $((++tap_count)) "$1" "$2"
}

try() {
	local what=$1 output
	shift
	if output=$("$@" 2>&1); then
		ok "$what"
	else
		not_ok "$what" "$ $*" "$output"
	fi
}

finish() {
	printf '1..%d\n' "$tap_count"
	exit $((tap_failed > 0))
}
