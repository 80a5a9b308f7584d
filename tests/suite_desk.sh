#!/bin/bash
# SPDX-License-Identifier: MIT
# suite_desk.sh - the student's desk: next, hint, explain, reset, diff, run, watch; nothing is ever lost.
#
# All of it happens in a copy of the course, at which a student works.
#
# shellcheck disable=SC2317 # try() calls the functions by name
cd "$(dirname "$0")/.." || exit 3
. tests/tap.sh
. tests/matrix.sh
BUILD=$(realpath "${BUILD:-build}") || exit 3
grade=$BUILD/grade
course=$(mktemp -d) || exit 3
trap 'rm -rf "$course"' EXIT
trap 'exit 1' INT TERM HUP
cp -r common grader labs solutions tests "$course" || exit 3
original=$PWD
cd "$course" || exit 3
export BUILD COURSE=$course NO_COLOR=1
unset LAB SPOIL

desk() { "grader/desk/$1.sh" </dev/null; }
# says PATTERN COMMAND...
says() {
	local pattern=$1 said
	shift
	said=$("$@" 2>&1)
	grep -q -- "$pattern" <<<"$said" || { printf 'does not say "%s" but:\n%s\n' "$pattern" "$said"; return 1; }
}
says_not() { ! says "$@" >/dev/null; }
solve() { cp "solutions/$1/"*.c "labs/$1/"; }
break_it() { cp "$mistaken/"*.c "labs/02-loop/"; }
mistaken=$(mktemp -d -p "$course") || exit 3
(cd "$original" && make_mutant tests/mutants/02-loop/ignores-eof.patch "$mistaken") >/dev/null

# ---- what it knows of starters --------------------------------------------------

all_starters() {
	diff <(cd "$original" && for f in labs/*/*.c; do echo "$(git hash-object "$f") $f"; done) \
		"$original/grader/desk/starters"
}
try 'the list of starters is up to date' all_starters

# ---- the first day --------------------------------------------------------------

try 'next: nothing is begun' says '^> *01-bare *not begun' desk next
try 'next: where to begin' says 'Read labs/01-bare/README.md' desk next
try 'hint: where to begin' says '01-bare is as it came' desk hint
not_graded() { desk next >/dev/null; [ ! -e .desk/results ]; }
try 'what is as it came is not graded' not_graded

# ---- on the way ------------------------------------------------------------------

solve 01-bare
break_it
try 'next: the step is the lab that is begun and not done' says '^> *02-loop *#* *57 of 100' desk next
try 'next: what has been done' says '01-bare *####* *100 of 100' desk next
try 'next: the first check that fails' says 'make check LAB=02 CHECK=loop.next-client' desk next

hint_is() { says "$1" desk hint; }
try 'hint: first a question' hint_is 'Where does the program go after close()?'
try 'hint: then what is wrong' hint_is 'End of file is not noticed'
try 'hint: then nearly the answer' hint_is 'A loop that goes on\|wrong: 0 is the end'
try 'hint: the third stays' hint_is 'Hint 3 of 3'
try 'hint: another lab has its own' says '04-pthread is as it came' env LAB=4 grader/desk/hint.sh
other_mistake() {
	sed 's/SO_REUSEADDR, &on/SO_REUSEADDR, NULL/' solutions/02-loop/server.c >labs/02-loop/server.c
	cp solutions/02-loop/client.c labs/02-loop/client.c
	sed -i '0,/return 0/s//return 7/' labs/02-loop/client.c
	says 'Hint 1 of 3' desk hint
	local status=$?
	break_it
	return "$status"
}
try 'hint: another mistake begins with its first' other_mistake

kept_result() {
	desk next >/dev/null && touch -d '2001-01-01' .desk/results/02-loop.json
	desk next >/dev/null
	[ "$(date -r .desk/results/02-loop.json +%Y)" = 2001 ] || { echo 'graded again, with nothing changed'; return 1; }
	echo '/* */' >>labs/02-loop/server.c
	desk next >/dev/null
	[ "$(date -r .desk/results/02-loop.json +%Y)" != 2001 ] || { echo 'not graded again after a change'; return 1; }
}
try 'a result is kept until something changes' kept_result

# ---- explain ---------------------------------------------------------------------

try 'explain: a diagnosis' says 'Ended children are not reaped' "$grade" --explain zombies
try 'explain: how it looks' says '<defunct>' "$grade" --explain zombies 03
try 'explain: in the lab that was asked for' says 'labs/02-loop/README.md#eof-ignored' "$grade" --explain eof-ignored 02
try 'explain: a check' says 'Who asks for the exit status' "$grade" --explain fork.reaps
try 'explain: without the marks for our own tests' says_not '<!--' "$grade" --explain zombies 03
unknown_name() {
	local said status
	said=$("$grade" --explain nonsense 2>&1)
	status=$?
	[ "$status" -eq 2 ] && [ "$(wc -l <<<"$said")" -eq 1 ]
}
try 'explain: an unknown name is one line, and status 2' unknown_name
every_diagnosis() {
	local id bad=0
	while read -r id; do
		"$grade" --explain "$id" | grep -q '^---- labs/' || { echo "$id: no section"; bad=1; }
	done < <(sed -n 's/^\t\.id = "\(.*\)",/\1/p' "$original"/grader/diagnoses/*.c)
	return "$bad"
}
try 'explain: each diagnosis has its section' every_diagnosis

# ---- diff ------------------------------------------------------------------------

try 'diff: not before the lab is done' says 'not done yet' env LAB=02 grader/desk/diff.sh
shows_nothing() { says_not 'sendn' env LAB=02 grader/desk/diff.sh; }
try 'diff: and shows nothing of it' shows_nothing
try 'diff: with SPOIL=1' says '^[-+].*read_some' env LAB=02 SPOIL=1 grader/desk/diff.sh
echo '/* mine */' >>labs/01-bare/server.c
try 'diff: when the lab is done' says '^-/\* mine \*/' env LAB=01 grader/desk/diff.sh

# ---- reset -----------------------------------------------------------------------

reset_keeps() {
	local before after
	before=$(sha1sum <labs/02-loop/server.c)
	LAB=02 desk reset >/dev/null || return
	after=$(sha1sum <labs/02-loop/kept/1/server.c)
	[ "$before" = "$after" ] || { echo 'what is kept is not what was there'; return 1; }
	cmp "labs/02-loop/server.c" "$original/labs/02-loop/server.c"
}
try 'reset: the starter again, and mine is kept' reset_keeps
try 'reset: of what is as it came nothing is done' says 'is as it came' env LAB=02 grader/desk/reset.sh
reset_again() {
	echo 'int x;' >labs/02-loop/client.c
	LAB=2 desk reset >/dev/null && grep -q 'int x;' labs/02-loop/kept/2/client.c &&
		[ -s labs/02-loop/kept/1/server.c ] && [ ! -e labs/02-loop/kept/2/server.c ]
}
try 'reset: what was kept before stays' reset_again
reset_lost() {
	rm -r .desk/starters/03-fork
	echo 'precious' >labs/03-fork/server.c
	! says 'nowhere to be found' env LAB=03 GIT_DIR=/nonexistent grader/desk/reset.sh || :
	grep -q precious labs/03-fork/server.c labs/03-fork/kept/*/server.c
}
try 'reset: with no starter at hand the file stays' reset_lost
cp "$original/labs/03-fork/server.c" labs/03-fork/
try 'reset: only with a lab named' says 'Which lab' desk reset
try 'a lab that is none is refused' says 'There is no lab 42' env LAB=42 grader/desk/hint.sh

# ---- run -------------------------------------------------------------------------

run_talks() {
	local log=$course/run.log port answer server
	setsid env LAB=01 grader/desk/run.sh >"$log" 2>&1 </dev/null &
	server=$!
	until grep -q 'nc 127.0.0.1' "$log"; do
		kill -0 "$server" 2>/dev/null || { cat "$log"; return 1; }
		read -rt 0.02 <> <(:)
	done
	port=$(sed -n 's/.*nc 127.0.0.1 //p' "$log")
	until exec 3<>"/dev/tcp/127.0.0.1/$port"; do
		kill -0 "$server" 2>/dev/null || { cat "$log"; return 1; }
	done 2>/dev/null
	printf 'hello\n' >&3
	read -r answer <&3
	exec 3>&-
	kill -- -"$server" 2>/dev/null
	wait "$server" 2>/dev/null
	[ "$answer" = hello ]
}
same_flags() {
	[ "$(sed -n 's/^const char compiler_flags\[\] = "\(.*\)";/\1/p' "$original/grader/run.c")" = \
		"$(sed -n "s/^student_flags='\(.*\)'/\1/p" "$original/grader/desk/lib.sh")" ]
}
try 'run: compiles as the grader does' same_flags
solve 01-bare
try 'run: the server can be talked to where it says' run_talks

# ---- editors -----------------------------------------------------------------------

# What VS Code's matchers find in real output: FILE:LINE, or the file alone.
matches() {
	local owner=$1 regexp
	regexp=$(jq -r --arg owner "$owner" '[.tasks[].problemMatcher[]? | select(type == "object" and .owner == $owner)
		| .pattern] | flatten | first | .regexp' "$original/.vscode/tasks.json")
	grep -P -- "$regexp" <<<"$2" | grep -q -- "$3" || { echo "$regexp finds no $3 in"; echo "$2"; return 1; }
}
printf 'int main(void)\n{\n\treturn nothing;\n}\n' >labs/01-bare/server.c
said=$("$grade" 01)
try 'editors: a compiler error leads to its line' matches gcc "$said" 'labs/01-bare/server.c:3:'
try 'editors: a failure leads to its handout' matches handout "$said" 'labs/01-bare/README.md'
(cd "$original" && make_mutant tests/mutants/01-bare/heap-too-small.patch "$mistaken") >/dev/null
cp "$mistaken/server.c" labs/01-bare/
try 'editors: a finding leads to its line' matches finding "$("$grade" -c bare.memory 01)" 'labs/01-bare/server.c:78:'
valid_json() { jq empty "$original"/.vscode/*.json; }
try 'editors: the settings are JSON' valid_json
knows_all_files() {
	grader/desk/editor.sh >/dev/null && jq -e 'length > 30 and all(.file and .directory and (.arguments | length > 3))' \
		compile_commands.json >/dev/null
}
try 'editors: compile_commands.json has every file' knows_all_files

# ---- watch -----------------------------------------------------------------------

# The verdict of a save, and then of another one.
watch_grades() {
	local log=$course/watch.log watcher status=0
	solve 01-bare
	setsid env LAB=01 grader/desk/watch.sh >"$log" 2>&1 </dev/null &
	watcher=$!
	await "$log" "All of 01-bare is done" "$watcher" || { echo "no first verdict"; status=1; }
	cp "$original/labs/01-bare/server.c" labs/01-bare/server.c
	await "$log" "^  expected " "$watcher" || { echo "no second verdict"; status=1; }
	says_not '02-loop' cat "$log" || { echo 'it went to another lab'; status=1; }
	kill -- -"$watcher" 2>/dev/null
	wait "$watcher" 2>/dev/null
	[ "$status" -eq 0 ] || cat "$log"
	return "$status"
}
await() {
	until grep -q "$2" "$1"; do
		kill -0 "$3" 2>/dev/null || return 1
		read -rt 0.05 <> <(:) || :
	done
}
try 'watch: each save is graded, up to the first failure' watch_grades
finish
