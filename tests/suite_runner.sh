#!/bin/bash
# SPDX-License-Identifier: MIT
# suite_runner.sh - tests/run.sh itself: what it makes of suites that pass, fail, die and hang on.
#
# shellcheck disable=SC2317 # try() calls the functions by name
cd "$(dirname "$0")/.." || exit 3
. tests/tap.sh

scratch=$(mktemp -d) || exit 3
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM HUP
mkdir "$scratch/tests"
cp tests/run.sh tests/tap.sh "$scratch/tests"

# A suite called NAME of the lines that are read.
suite() {
	{ echo '#!/bin/bash' && cat; } >"$scratch/tests/suite_$1.sh"
	chmod +x "$scratch/tests/suite_$1.sh"
}

# run.sh with these suites ends with STATUS and the closing LINE, and has said TEXT.
runs() {
	local status=$1 line=$2 text=$3 seen output
	shift 3
	output=$(BUILD=$scratch/build "$scratch/tests/run.sh" "$@" 2>&1)
	seen=$?
	echo "$output"
	[ "$seen" -eq "$status" ] || { echo "status $seen"; return 1; }
	[ "${output##*$'\n'}" = "$line" ] && grep -qF -- "$text" <<<"$output"
}

suite good <<'E'
printf 'ok 1 - one\nok 2 - two # SKIP no reason\n1..2\n'
E
suite bad <<'E'
printf 'not ok 1 - one\n# because of this\n1..1\n'; exit 1
E
suite dies <<'E'
printf 'ok 1 - one\n'; kill -9 $$
E
suite cut <<'E'
printf 'ok 1 - one\nok 2 - two\n1..2'
E
suite few <<'E'
printf 'ok 1 - one\n1..2\n'
E
suite status <<'E'
printf 'ok 1 - one\n1..1\n'; exit 5
E
# Its orphan has the suite's output until the named pipe is opened for writing.
suite orphan <<'E'
setsid cat "$ORPHAN" &
printf 'ok 1 - one\n1..1\n'
E
suite asks <<'E'
echo here >"$ORPHAN"
exec cat "$ORPHAN.never"
E

export ORPHAN=$scratch/pipe
mkfifo "$ORPHAN" "$ORPHAN.never"

without_waiting_for_the_orphan() {
	runs 0 '1 passed, 0 failed, 0 skipped' 'orphan' orphan || return
	: >"$ORPHAN"
}

# Stopped in the middle of a suite, it ends by that signal and takes the suite with it.
stops_by() {
	local pid status
	BUILD=$scratch/build setsid "$scratch/tests/run.sh" asks >"$scratch/out" 2>&1 &
	pid=$!
	read -r _ <"$ORPHAN"
	kill -"$1" "$pid"
	wait "$pid"
	status=$?
	cat "$scratch/out"
	echo "status $status"
	[ "$status" -eq $((128 + $(kill -l "$1"))) ] || return
	# Nobody is left to read the other pipe.
	: 2>/dev/null 3<>"$ORPHAN.never"
	! pgrep -f "$ORPHAN.never"
}

try 'it adds up' runs 0 '2 passed, 0 failed, 2 skipped' 'good: two: no reason' good good
try 'a failure is shown with its details' \
	runs 1 '1 passed, 1 failed, 1 skipped' '    because of this' good bad
try 'a suite that dies is a failure more' \
	runs 1 '1 passed, 1 failed, 0 skipped' 'ended without its plan, status 137' dies
try 'a last line without its newline counts' runs 0 '2 passed, 0 failed, 0 skipped' '' cut
try 'tests that are missing from the plan' \
	runs 1 '1 passed, 1 failed, 0 skipped' 'announced 2 tests, ran 1' few
try 'a status that nothing explains' \
	runs 1 '1 passed, 1 failed, 0 skipped' 'exit status 5' status
try 'no such suite' runs 2 'run.sh: no such suite: none' '' none
try 'it does not wait for what a suite has left behind' without_waiting_for_the_orphan
for signal in TERM HUP; do
	try "SIG$signal stops the suite too" stops_by $signal
done
finish
