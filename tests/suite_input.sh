#!/bin/bash
# SPDX-License-Identifier: MIT
# suite_input.sh - bad input to grade ends with one clear line and status 2; good input in a report.
#
# What cannot be tried as root (root may read and write everything) is tried as
# another user, and else as the one who runs this.
#
# shellcheck disable=SC2317 # try() and trap call functions by name
cd "$(dirname "$0")/.." || exit 3
. tests/tap.sh
build=$(realpath "${BUILD:-build}") || exit 3
grade=$build/grade
export COURSE=$PWD
export LC_ALL=C

scratch=$(mktemp -d) || exit 3
trap 'chmod -R u+rwx "$scratch"; rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM HUP
chmod 755 "$scratch"
mkdir "$scratch/out"
deadline=$((60 * ${TIMEOUT_FACTOR:-1}))
good=solutions/01-bare

# ---- what is refused -----------------------------------------------------------

# One line on stderr, which can be printed and says PATTERN; nothing on stdout.
# STATUS may be several: 2|3.
one_line() {
	local wanted=$1 pattern=$2 status=$3 bad=0
	[[ $status =~ ^($wanted)$ ]] || { echo "exit status $status, expected $wanted"; bad=1; }
	[ ! -s "$scratch/stdout" ] || { echo "on stdout: $(head -c 300 "$scratch/stdout")"; bad=1; }
	[ "$(wc -l <"$scratch/stderr")" -eq 1 ] || { echo "not one line on stderr"; bad=1; }
	! LC_ALL=C.UTF-8 grep -aqvx '[[:print:]]*' "$scratch/stderr" || { echo "not printable"; bad=1; }
	grep -q "^grade: .*$pattern" "$scratch/stderr" || { echo "does not say: $pattern"; bad=1; }
	[ "$bad" -eq 0 ] || echo "stderr: $(head -c 600 "$scratch/stderr" | cat -v)"
	return "$bad"
}

says() {
	local wanted=$1 pattern=$2
	shift 2
	"$@" >"$scratch/stdout" 2>"$scratch/stderr" </dev/null
	one_line "$wanted" "$pattern" $?
}

# The same when the report is to go into a file: there must be none.
says_and_writes_nothing() {
	says 2 "$@" || return
	says 2 "$@" -o "$scratch/out/result" || return
	[ -z "$(ls -A "$scratch/out")" ] || { ls -A "$scratch/out"; rm -f "$scratch"/out/*; return 1; }
}

# refuses WHAT PATTERN OPTION...
refuses() {
	local what=$1 pattern=$2
	shift 2
	try "refused: $what" says_and_writes_nothing "$pattern" "$grade" "$@"
}

# An option has the wrong argument: it is named, with the option.
refuses_argument() {
	local option=$1 argument
	shift
	for argument; do
		refuses "$option '$argument'" "${option#--}.*$argument" "$option" "$argument" 01
	done
}

for lab in 99 08 0 003 3x foo '' -1 ' 03' 03-forks 03/ ../labs/03-fork; do
	refuses "the lab '$lab'" "no lab is called.*${lab//./\\.}" -- "$lab"
done
refuses 'no lab at all' 'which lab'
refuses 'a lab that looks like an option' 'no lab' -- -l
refuses 'one bad lab among good ones' 'no lab is called.*nine' 01 nine 03
refuses 'a name with escapes and line ends' 'no lab' $'\e[31mx\nPASS\r\e[0m\377'
refuses 'a lab with a name of a megabyte' 'no lab' "$(head -c 100000 /dev/zero | tr '\0' x)"
refuses 'the check nope' 'no check is called.*nope' -c nope 01
refuses 'a check without a name' 'no check is called' -c '' 01
refuses 'a check of another lab' 'no check is called.*fork.echo' -c fork.echo 01
too_many=()
for _ in {1..5000}; do too_many+=(-c bare.echo); done
refuses 'too many checks' 'too many' "${too_many[@]}" 01
refuses 'one bad check among good ones' 'no check is called.*nope' -c bare.echo -c nope 01
refuses '--stop-at-failure where there is no failure to be told' 'for the format text' \
	--stop-at-failure -f json 01
refuses_argument --format xml '' TEXT
refuses_argument --jobs 0 -1 x 4x '' 1.5 999999999999 99999999999999999999
refuses_argument --seed x -1 '' 1x 99999999999999999999
refuses_argument --timeout-factor 0 -1 nan inf x '' 1x 1e99
refuses 'an unknown option' 'colour' --colour 01
refuses 'an unknown letter' -z -z 01
try 'refused: an option without its argument' says 2 '-c' "$grade" 01 -c
try 'refused: a long option without its argument' says 2 'seed' "$grade" 01 --seed
refuses 'an argument to an option that has none' 'list' --list=all 01
refuses 'a list as a page' 'list.*html' --list -f html 01

# ---- saved results that are none -------------------------------------------------

# refuses_result WHAT PATTERN RESULT
refuses_result() {
	printf '%s' "$3" >"$scratch/saved.json"
	refuses "a result $1" "$2" --render "$scratch/saved.json"
}
refuses 'a result that is not there' 'not-there.*No such file' --render not-there
refuses 'a result that is a directory' 'not a regular file' --render "$scratch"
refuses 'a result that never ends' 'not a regular file' --render /dev/zero
refuses 'a result, and a lab beside it' '03 is one too many' --render /dev/null 03
refuses_result 'without a byte' 'expected near end' ''
refuses_result 'that is cut off' 'near end' '{"version": 1, "labs": ['
refuses_result 'that is a program' 'saved.json:1' '#include <stdio.h>'
refuses_result 'with bytes that are no UTF-8' 'byte 0xff' $'{"version": 1, "labs": ["\377"]}'
refuses_result 'that is a list' 'not an object' '[]'
refuses_result 'with nothing in it' 'version is missing' '{}'
refuses_result 'of another version' 'another version' '{"version": 2, "labs": []}'
refuses_result 'whose labs are none' 'labs\[0\]: not an object' '{"version": 1, "labs": [1]}'
refuses_result 'of a hundred thousand brackets' 'depth' "$(printf '[%.0s' {1..100000})"
truncate -s 1G "$scratch/saved.json"
refuses 'a result of a gigabyte' 'larger than' --render "$scratch/saved.json"

# A good one with something in it changed by jq.
good_result='{"version": 1, "labs": [{"lab": "01-bare", "points": 0, "max_points": 9, "seconds": 1, "checks": [
	{"lab": "01-bare", "id": "bare.echo", "title": "t", "status": "fail", "points": 0, "max_points": 9}]}]}'
refuses_change() {
	refuses_result "where $1" "$2" "$(jq "$1" <<<"$good_result")"
}
refuses_change '.labs[0].checks[0].status = "passed"' 'checks\[0\].status: not pass, fail'
refuses_change '.labs[0].checks[0].got = 5' 'got: not a string'
refuses_change '.labs[0].checks[0].points = -1' 'points: not a count'
refuses_change '.labs[0].checks[0].points = 1e300' 'points: not a count'
refuses_change '.labs[0].checks[0].handout = "labs/../../etc/passwd#x"' 'not a place in a handout'
refuses_change '.labs[0].checks[0].source = [{"file": "x", "line": 1, "first": 1, "lines": [null]}]' \
	'lines\[0\]: not a string'
refuses_change '.labs[0].checks[0].timeline.rows = 1' 'timeline.lanes is missing'
refuses_change '.labs[0].checks[0].timeline = {"lanes": [{"name": "x", "kind": "x\" onclick=\"y"}], "rows": [], "head": 0,
	"left_out": 0}' 'kind: not a word'
refuses_change '.labs[0].checks = [range(20001)]' 'more than 20000 items'
refuses_change 'del(.labs[0].seconds)' 'labs\[0\].seconds is missing'

# ---- policies ------------------------------------------------------------------

policy=$scratch/my.ini
# A line that is wrong: refuses_policy PATTERN LINE...
refuses_policy() {
	local pattern=$1
	shift
	printf '%s\n' "$@" >"$policy"
	refuses "the policy '$*'" "my.ini:$#: .*$pattern" --policy "$policy" 01
}
refuses_policy 'no section is called.*late, attempts' '[lateness]'
refuses_policy 'no key is called.*percent' '[late]' '' 'per-cent = 10'
refuses_policy 'not a whole number from 0 to 100' '[late]' 'percent = ten'
refuses_policy 'no check is called.*make list' '[weight]' 'bare.ecko = 1'
refuses_policy 'date with its time zone' '[due]' '01 = 2027-03-01T23:59'
refuses_policy 'a line is' $'\e[31m\377'
refuses 'a policy that is not there' 'No such file' --policy not-there 01
refuses 'a policy that is a directory' 'Is a directory' --policy "$scratch" 01
refuses 'a policy without an end' 'zero:1: ' --policy /dev/zero 01
refuses_argument --submitted '' yesterday 2027-03-01T23:59:00 --policy
refuses_argument --attempt 0 -1 x ''
refuses '--submitted without a policy' 'for --policy' --submitted 2027-03-01T23:59Z 01
refuses '--attempt without a policy' 'for --policy' --attempt 2 01

# ---- submissions that cannot be graded ------------------------------------------

bad=$scratch/bad
new() {
	mkdir -p "$bad/$1"
	echo "$bad/$1"
}
unreadable='' as=()
if [ "$(id -u)" -ne 0 ]; then
	unreadable=yes
elif setpriv --reuid=65534 --regid=65534 --clear-groups test -x "$grade" -a -r "$good"; then
	unreadable=yes as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
fi
# unprivileged WHAT COMMAND...
unprivileged() {
	local what=$1
	shift
	if [ "$unreadable" ]; then
		"$@"
	else
		skip "refused: $what" 'root may do everything, and nobody else may read this checkout'
	fi
}
refuses_user() {
	local what=$1 pattern=$2
	shift 2
	try "refused: $what" says 2 "$pattern" "${as[@]}" "$grade" "$@"
}

refuses 'a submission that is not there' 'not-there.*No such file' -s not-there 01
refuses 'a submission without a name' 'No such file' -s '' 01
refuses 'a submission that is a file' 'Not a directory' -s "$good/server.c" 01
refuses 'a submission that is a device' 'Not a directory' -s /dev/null 01
refuses 'an empty folder' 'server.c' -s "$(new empty)" 01
refuses 'a path that is too long' 'too long' -s "$(printf 'x%.0s' {1..300})" 01
refuses 'a name with escapes and line ends, not there' 'No such file' -s $'\e[31mx\nPASS\r\e[0m\377' 01
refuses 'a single folder for all labs' 'lab' -s "$good" all
refuses 'a single folder for two labs' 'lab' -s "$good" 01 03
refuses 'a folder of another lab' 'client.c\|server.c\|02-loop' -s "$(new labs-of-another/labs/01-bare)/../.." 02

ln -s "$PWD/$good/server.c" "$(new links)/server.c"
refuses 'a folder of symbolic links' 'symbolic link' -s "$bad/links" 01
ln -s server.c "$(new loop)/server.c"
refuses 'a link to itself' 'symbolic link' -s "$bad/loop" 01
ln -s nowhere "$(new dangling)/server.c"
refuses 'a link to nowhere' 'symbolic link' -s "$bad/dangling" 01
mkfifo "$(new fifo)/server.c"
refuses 'server.c is a FIFO' 'not a regular file' -s "$bad/fifo" 01
mkdir "$(new directory)/server.c"
refuses 'server.c is a directory' 'not a regular file' -s "$bad/directory" 01
if mknod "$(new device)/server.c" c 1 5 2>/dev/null; then
	refuses 'server.c is a device' 'not a regular file' -s "$bad/device" 01
else
	skip 'refused: server.c is a device' 'only root can make one'
fi
truncate -s 1G "$(new huge)/server.c"
refuses 'server.c is a gigabyte large' 'larger than' -s "$bad/huge" 01
ln -s "$PWD/solutions" "$(new linked-labs)/labs"
refuses 'labs/ is a link' 'symbolic link' -s "$bad/linked-labs" 01
ln -s "$PWD/$good" "$(new linked-lab/labs)/01-bare"
refuses 'labs/01-bare is a link' 'symbolic link' -s "$bad/linked-lab" 01
touch "$(new labs-file)/labs"
refuses 'labs is a file' 'labs' -s "$bad/labs-file" 01
mkdir "$(new no-such-lab/labs)/03-fork"
refuses 'a checkout without that lab' '01-bare' -s "$bad/no-such-lab" 01

new secret-file >/dev/null && cp "$good/server.c" "$bad/secret-file/" && chmod 0 "$bad/secret-file/server.c"
unprivileged 'server.c that may not be read' \
	refuses_user 'server.c that may not be read' 'Permission denied' -s "$bad/secret-file" 01
new secret-dir >/dev/null && cp "$good/server.c" "$bad/secret-dir/" && chmod 0 "$bad/secret-dir"
unprivileged 'a folder that may not be read' \
	refuses_user 'a folder that may not be read' 'Permission denied' -s "$bad/secret-dir" 01

# ---- output that cannot be written ----------------------------------------------

# cannot_write WHAT PATTERN FILE
cannot_write() {
	local before after
	before=$(find "$(dirname "$3")" -maxdepth 1 -printf '%p %y %s\n' 2>/dev/null | sort)
	says '2|3' "$2" "${as[@]}" "$grade" -c bare.builds -s "$good" -o "$3" 01 || return
	after=$(find "$(dirname "$3")" -maxdepth 1 -printf '%p %y %s\n' 2>/dev/null | sort)
	diff <(echo "$before") <(echo "$after")
}
refuses_output() {
	try "refused: $1" cannot_write "$@"
}

new output >/dev/null
mkdir "$bad/output/directory" "$bad/output/read-only"
chmod 777 "$bad/output"
chmod 555 "$bad/output/read-only"
TMPDIR=$bad/nowhere try 'refused: no directory for temporary files' says '2|3' 'No such file' \
	"$grade" --no-sandbox -s "$good" 01
refuses_output 'output into a directory that is not there' 'No such file' "$bad/output/nowhere/result"
refuses_output 'output without a name' '' ''
refuses_output 'output onto a directory' 'directory' "$bad/output/directory"
refuses_output 'output below a file' 'Not a directory\|Permission denied' "$good/server.c/result"
unprivileged 'output into a read-only directory' \
	refuses_output 'output into a read-only directory' 'Permission denied' "$bad/output/read-only/result"

# A device must stay what it is; nothing can be written to this one.
if mknod -m 666 "$(new devices)/full" c 1 7 2>/dev/null; then
	as=()
	refuses_output 'output onto a full device' 'No space' "$bad/devices/full"
else
	skip 'refused: output onto a full device' 'only root can make one'
fi

# To one descriptor or another that is closed or full: never 0, never noise.
to_stdout() {
	local how=$1 status
	shift
	case $how in
	full) "$grade" "$@" >/dev/full 2>"$scratch/stderr" </dev/null ;;
	closed) "$grade" "$@" >&- 2>"$scratch/stderr" </dev/null ;;
	esac
	status=$?
	: >"$scratch/stdout"
	one_line '2|3' stdout "$status"
}
for format in text json; do
	try "stdout is full, as $format" to_stdout full -f $format -c bare.builds -s "$good" 01
	try "stdout is closed, as $format" to_stdout closed -f $format -c bare.builds -s "$good" 01
done
try 'stdout is full, for the list' to_stdout full --list all
try 'stdout is full, for help' to_stdout full --help

gone_reader() {
	local status
	"$grade" -c bare.builds -c bare.usage -c bare.echo -c bare.exact -s "$good" 01 \
		2>"$scratch/stderr" </dev/null | head -n 1 >"$scratch/stdout"
	status=${PIPESTATUS[0]}
	cat "$scratch/stderr"
	echo "exit status $status"
	[ "$(wc -l <"$scratch/stderr")" -le 1 ] && [[ $status =~ ^([23]|141)$ ]]
}
try 'the reader of stdout has gone' gone_reader

without_stdin() {
	"$grade" -c bare.builds -c bare.echo -s "$good" 01 <&- | tee "$scratch/stdout"
	grep -q ' 2 of 2 checks' "$scratch/stdout"
}
try 'stdin is closed: works' without_stdin
without_stderr() {
	"$grade" -c bare.builds -s "$good" 01 >"$scratch/stdout" 2>&- </dev/null
	[ $? -eq 2 ] && [ ! -s "$scratch/stdout" ]
}
try 'refused: stderr is closed, so that nothing could be said' without_stderr

# ---- what is accepted -----------------------------------------------------------

# A report, all points, nothing else.
full_marks() {
	"$@" -f json >"$scratch/stdout" 2>"$scratch/stderr" </dev/null
	local status=$?
	cat "$scratch/stderr"
	jq -r '.labs[] | "\(.lab): \(.points) of \(.max_points)"' "$scratch/stdout"
	[ "$status" -eq 0 ] && [ ! -s "$scratch/stderr" ] &&
		jq -e '(.labs | length > 0) and all(.labs[]; .points > 0 and .points == .max_points)' \
			"$scratch/stdout" >/dev/null
}
# accepts WHAT OPTION...
accepts() {
	local what=$1
	shift
	try "$what" full_marks "$grade" -c bare.builds "$@"
}
labs_in_report() {
	[ "$(jq -r '[.labs[].lab] | join(" ")' "$scratch/stdout")" = "$1" ]
}

course=$scratch/course
mkdir "$course"
cp -r common "$course"
cp -r solutions "$course/labs"
odd="$scratch/a folder
with odd	names \$(id) 'and' \"all\" ü"
cp -r "$good" "$odd"

accepts 'a folder' -s "$good" 01
accepts 'a folder with a slash' -s "$good/" 1
accepts 'a folder with a strange name' -s "$odd" 01-bare
accepts 'a checkout' -s "$course" 01
accepts 'a folder of folders' -s solutions 01
accepts 'a link to a folder' -s "$(ln -s "$PWD/$good" "$scratch/link" && echo "$scratch/link")" 01
COURSE=$course accepts 'the checkout itself, by default' 01
try 'labs in any order and more than once are graded once' \
	full_marks "$grade" -c fork.builds -c bare.builds -s "$course" 03 03-fork 3 01
try 'and stand in the report once' labs_in_report '03-fork 01-bare'
crowded() {
	local dir=$scratch/crowded i
	cp -r "$good" "$dir"
	truncate -s 10G "$dir/core"
	ln -s . "$dir/self"
	ln -s /etc/passwd "$dir/client.c"
	mkfifo "$dir/server"
	for ((i = 0; i < 2000; i++)); do : >"$dir/$i"; done
	full_marks "$grade" -c bare.builds -s "$dir" 01
}
try 'what else is in the folder does not matter' crowded

# try() runs it in a subshell.
from() {
	cd "$1" && full_marks "$grade" -c bare.builds -s "$2" 01
}
try 'from another working directory' from / "$PWD/$good"
try 'from the folder itself, by a relative path' from "$good" .
try 'by a relative path upwards' from labs "../$good"

# The grader finds its course by its own place: build/ in a checkout.
by_its_place() {
	mkdir "$course/build"
	cp "$build"/{grade,agent,witness.so,ordered.so,common.a} "$course/build"
	(unset COURSE; cd "$scratch" && full_marks "$course/build/grade" -c bare.builds 01)
}
through_link() {
	ln -s "$course" "$scratch/linked-course"
	(unset COURSE; full_marks "$scratch/linked-course/build/grade" -c bare.builds 01)
}
try 'a course elsewhere' by_its_place
try 'a course through a link' through_link
COURSE=$scratch/nowhere try 'refused: a course that is not there' says '2|3' 'No such file' \
	"$grade" -s "$good" 01

# Under a policy: two checks that pass, one of them hidden, and two days of lateness.
policed() {
	printf '%s\n' '[weight]' 'bare.* = 0' 'bare.builds = 3' 'bare.echo = 1' \
		'[hidden]' 'bare.echo = always' '[due]' '* = 2027-03-01T23:59:00+01:00' \
		'[late]' 'percent = 10' '[attempts]' 'allowed = 3' >"$policy"
	"$grade" --policy "$policy" --submitted "$1" --attempt "$2" -s "$good" \
		-c bare.builds -c bare.echo "${@:3}" 01 >"$scratch/stdout" 2>"$scratch/stderr"
	local status=$?
	cat "$scratch/stdout" "$scratch/stderr"
	return "$status"
}
no_policy_no_change() {
	"$grade" -f json -c bare.builds -s "$good" 01 | jq 'del(.. | .seconds?)' >"$scratch/without"
	"$grade" -f json -c bare.builds -s "$good" --policy grader/policy.ini 01 |
		jq 'del(.. | .seconds?)' >"$scratch/with"
	[ -s "$scratch/with" ] && diff "$scratch/without" "$scratch/with"
}
hides_for_students() {
	policed 2027-03-01T22:59Z 1 -f "$1" &&
		! grep -q 'bare\.echo' "$scratch/stdout" &&
		grep -q 'not counted here: 1 more' "$scratch/stdout"
}
marks_for_programs() {
	policed 2027-03-01T22:59Z 1 -f json && jq -e '.labs[0] |
		.points == 100 and ([.checks[] | .points, .visibility] == [75, null, 25, "hidden"])' "$scratch/stdout"
}
takes_off() {
	policed 2027-03-03T23:00Z 1
	[ $? -eq 1 ] && grep -q '^01-bare: 53 of 75 points' "$scratch/stdout" &&
		tr '\n' ' ' <"$scratch/stdout" | grep -q '3 days have begun .* of 75 points 30 % .* 22\.'
}
refuses_attempt() {
	policed 2027-03-01T22:59Z 4 -f json
	[ $? -eq 1 ] && jq -e '.labs[0] | .points == 0 and all(.checks[];
		.status == "skip" and (.message | test("attempt 4, and 3 are allowed")))' "$scratch/stdout"
}
lists_by_policy() {
	policed 2027-03-01T22:59Z 1 --list && grep -q 'bare.builds  *75 ' "$scratch/stdout"
}
try 'the policy that only explains itself changes nothing' no_policy_no_change
for format in text html; do
	try "a hidden check is not named as $format, nor counted" hides_for_students $format
done
try 'as json it is marked and counted' marks_for_programs
try 'lateness costs points, and the report says how many and why' takes_off
try 'one attempt too many: nothing is tried, and that is said' refuses_attempt
try 'the list has the points of the policy' lists_by_policy

# What is saved without a policy can be put under one, and under another one after that.
render_under() {
	"$grade" --render "$1" --policy "$policy" --submitted "$2" --attempt 1 "${@:3}"
}
saved_and_policed() {
	local i
	policed 2027-03-03T23:00Z 1 -f json >"$scratch/now.json"
	"$grade" -s "$good" -c bare.builds -c bare.echo -f json -o "$scratch/raw.json" 01
	render_under "$scratch/raw.json" 2027-03-03T23:00Z -f json >"$scratch/later.json"
	for i in now later; do
		jq 'del(.. | .seconds?, .transcript?)' "$scratch/$i.json" >"$scratch/$i"
	done
	diff "$scratch/now" "$scratch/later" || return
	render_under "$scratch/later.json" 2027-03-01T22:00Z -f text | tee "$scratch/stdout"
	grep -q ': 75 of 75 points' "$scratch/stdout" && ! grep -q 'bare.echo' "$scratch/stdout" || return
	says 2 'checks that a policy hides' "$grade" --render "$scratch/later.json"
}
try 'a saved result is put under a policy, and shows no more than a new one' saved_and_policed

# What a caller may have set, and its children inherit.
try 'as many trials at once as may be' full_marks "$grade" -j 1024 -c bare.builds -c bare.echo -s "$good" 01
try 'an empty environment' full_marks env -i COURSE="$COURSE" "$grade" -c bare.builds -s "$good" 01
try 'ignored signals' full_marks timeout -s KILL "$deadline" env --ignore-signal=CHLD,PIPE,TERM,HUP \
	"$grade" -c bare.builds -c bare.echo -s "$good" 01
try 'blocked signals' full_marks timeout -s KILL "$deadline" env --block-signal=CHLD,PIPE,TERM,ALRM \
	"$grade" -c bare.builds -c bare.echo -s "$good" 01
with_umask() {
	umask "$1" && full_marks "$grade" -c bare.builds -c bare.echo -s "$good" 01
}
try 'a umask of 077' with_umask 077
try 'a umask of 0777' with_umask 0777
few_descriptors() {
	ulimit -n 32 && full_marks "$grade" -c bare.builds -c bare.echo -s "$good" 01
}
try 'no more than 32 descriptors' few_descriptors
removed_directory() {
	local dir=$PWD
	mkdir "$scratch/removed" && cd "$scratch/removed" && rmdir "$scratch/removed" &&
		full_marks "$grade" -c bare.builds -s "$dir/$good" 01
}
try 'a working directory that is no more' removed_directory

# Of a source file of almost a megabyte in one line the report has the head.
long_line() {
	head -c 1000000 /dev/zero | tr '\0' x >"$(new long-line)/server.c"
	"$grade" -f json -c bare.builds -s "$bad/long-line" 01 >"$scratch/stdout"
	[ $? -eq 1 ] && jq -e '.labs[0].checks[0].diagnosis == "does-not-compile"' "$scratch/stdout" &&
		[ "$(wc -c <"$scratch/stdout")" -lt 100000 ]
}
try 'a line of a megabyte' long_line

# Names in what the linker says are those of a checkout, and the same each time.
what_the_linker_says() {
	sed 's/listen(listener/lisen(listener/' "solutions/01-bare/server.c" >"$(new linker)/server.c"
	"$grade" -f json -c bare.builds -s "$bad/linker" 01 | jq -r '.labs[0].checks[0].got' >"$scratch/stdout"
	grep -q '^labs/01-bare/server.c:[0-9]*: undefined reference to `lisen.$' "$scratch/stdout" &&
		! grep -n '/tmp/\|/room/\|/src/' "$scratch/stdout"
}
try 'a function that the linker does not find' what_the_linker_says
# Nor has it a file of chance whose name it could tell.
what_the_assembler_says() {
	printf 'asm(".nonsense");\n' | cat - solutions/01-bare/server.c >"$(new assembler)/server.c"
	"$grade" -f json -c bare.builds -s "$bad/assembler" 01 | jq -r '.labs[0].checks[0].got' >"$scratch/stdout"
	grep -q 'Error: unknown pseudo-op: `.nonsense' "$scratch/stdout" && ! grep -n /tmp/ "$scratch/stdout"
}
try 'what the assembler does not know' what_the_assembler_says

output_file() {
	local file=$scratch/out/result
	echo old >"$file"
	"$grade" -f json -c bare.builds -s "$good" -o "$file" 01 >"$scratch/stdout" || return
	[ ! -s "$scratch/stdout" ] && jq -e .version "$file" && [ "$(ls -A "$scratch/out")" = result ]
}
try 'a report replaces the file that was there' output_file
to_device() {
	"$grade" -c bare.builds -s "$good" -o "$1" 01 && [ -c "$1" ]
}
if mknod -m 666 "$bad/devices/null" c 1 3 2>/dev/null; then
	try 'a report onto a device leaves it a device' to_device "$bad/devices/null"
else
	try 'a report onto a device leaves it a device' to_device /dev/null
fi
to_pipe() {
	"$grade" -f json -c bare.builds -s "$good" -o - 01 | jq -e .version
}
try 'a report onto stdout, named -' to_pipe

# What is told of a saved result is what is told of the run itself.
saved_and_told() {
	local status
	"$grade" -f json -o "$scratch/saved.json" -c bare.builds -c bare.echo -s labs/01-bare 01
	[ $? -eq 1 ] && "$grade" --render "$scratch/saved.json" -f json | diff - "$scratch/saved.json" || return
	"$grade" --render "$scratch/saved.json" >"$scratch/stdout"
	status=$?
	grep -q '^fail .*bare.echo' "$scratch/stdout" && grep -q '^01-bare: .* points' "$scratch/stdout" &&
		[ "$status" -eq 0 ]
}
try 'a saved result is told again' saved_and_told

prints() {
	local pattern=$1
	shift
	"$grade" "$@" >"$scratch/stdout" 2>"$scratch/stderr" </dev/null || return
	cat "$scratch/stderr"
	grep -q "$pattern" "$scratch/stdout" && [ ! -s "$scratch/stderr" ]
}
try '-h prints the usage' prints '^usage: grade' -h
try '--help, whatever else there is' prints '^usage: grade' --help no-such-lab
try '--version prints it' prints '^grade [0-9]' --version
try '--list prints the checks' prints 'fork\.reaps' --list all
list_as_json() {
	"$grade" --list -f json 02 03 >"$scratch/stdout" && jq -e '
		.version == 1 and [.labs[].lab] == ["02-loop", "03-fork"] and
		all(.labs[]; (.title | length > 0) and ([.checks[].points] | add) == 100) and
		all(.labs[].checks[]; .id and .claim and .hint) and
		all(.diagnoses[]; .title and .text) and
		([.diagnoses[].id] | length == (unique | length)) and
		(([.labs[] | .teaches, .suspects, .checks[].suspects] | add) -
			[.diagnoses[].id] == [])' "$scratch/stdout"
}
try '--list -f json: checks, and every diagnosis that they name, once' list_as_json
finish
