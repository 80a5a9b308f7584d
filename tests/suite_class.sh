#!/bin/bash
# SPDX-License-Identifier: MIT
# suite_class.sh - a class is graded: what platforms hand out, what is hostile in it, interruptions, the results.
#
# shellcheck disable=SC2016,SC2317 # jq's variables; try() calls the functions by name
cd "$(dirname "$0")/.." || exit 3
. tests/tap.sh
BUILD=$(realpath "${BUILD:-build}") || exit 3
export BUILD JOBS=$(($(nproc) * 2)) LAB=01
unset OUT HOSTS ENGINE GRADE
scratch=$(mktemp -d) || exit 3
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM HUP
export SUBMISSIONS=$scratch/"a class"
out=$scratch/"a class".graded-01-bare
mkdir "$SUBMISSIONS"

class() { grader/class/class.sh </dev/null >"$scratch/said" 2>&1; }
# runs STATUS: a class run that ends so
runs() {
	class
	local status=$?
	[ "$status" -eq "$1" ] || { echo "exit status $status:"; cat "$scratch/said"; return 1; }
}
says() { grep -q -- "$1" "$scratch/said" || { echo "does not say $1:"; cat "$scratch/said"; return 1; }; }
refuses() {
	local what=$1 pattern=$2
	shift 2
	refused() { env "$@" grader/class/class.sh >"$scratch/said" 2>&1; [ $? -eq 2 ] && says "$pattern"; }
	try "refused: $what" refused "$@"
}

# ---- what is asked for ---------------------------------------------------------

refuses 'no submissions' 'SUBMISSIONS=DIR' SUBMISSIONS=
refuses 'submissions that are not there' 'no directory' SUBMISSIONS="$scratch/nowhere"
refuses 'a class without students' 'neither folders nor archives' SUBMISSIONS="$SUBMISSIONS"
rm -rf "$out"
refuses 'an unknown lab' 'no lab 99' LAB=99
refuses 'results among the submissions' 'inside the submissions' OUT="$SUBMISSIONS/results"
refuses 'results on top of something else' 'something else' OUT="$PWD/labs"
refuses 'no number of jobs' 'JOBS=many' JOBS=many

# ---- names -----------------------------------------------------------------------

names() {
	. grader/class/names.sh
	local entry wanted
	while IFS='|' read -r entry wanted; do
		LC_ALL=C.UTF-8 know "$entry"
		[ "$id|$name|$platform|$number" = "$wanted" ] || { echo "$entry: $id|$name|$platform|$number"; return 1; }
	done <<-'END'
		lab-01-octo-cat|lab-01-octo-cat|lab-01-octo-cat|-|-
		Müller Anna_123456_assignsubmission_file_|Müller-Anna_123456|Müller Anna|moodle|123456
		李 雷_7_assignsubmission_file_x.zip|李-雷_7|李 雷|moodle|7
		doejane_12345_67890_lab-1.zip|doejane_12345|doejane|canvas|12345
		doejane_LATE_12345_67890_my_lab.zip|doejane_12345|doejane|canvas|12345
		LATE_doejane_12345_67890_lab.zip|doejane_12345|doejane|canvas|12345
		submission_424242|submission_424242|submission_424242|gradescope|-
		submission_424242.zip|submission_424242|submission_424242|gradescope|-
		x.tar.gz|x|x|-|-
		.hidden|_.hidden|.hidden|-|-
		a/../b;$(id)|a-..-b---id-|a/../b;$(id)|-|-
	END
}
try 'every platform: whose submission it is' names

# ---- a class ---------------------------------------------------------------------

# put NAME FROM [TO]: FROM's server.c as NAME/TO/server.c
put() { mkdir -p "$SUBMISSIONS/$1/${3:-}" && cp "$2/server.c" "$SUBMISSIONS/$1/${3:-}"; }
starter=labs/01-bare
put lab-alice solutions/01-bare labs/01-bare
mkdir "$SUBMISSIONS/lab-alice/solutions" "$SUBMISSIONS/lab-alice/.git"
put submission_4242 $starter
echo ':submitters:' >"$SUBMISSIONS/submission_metadata.yml"
(
	cd "$scratch" || exit
	mkdir -p "My Lab [1]/labs/01-bare" evil/labs/01-bare "$SUBMISSIONS/Müller Anna_123456_assignsubmission_file_"
	cp "$OLDPWD/$starter/server.c" "My Lab [1]/labs/01-bare"
	zip -qr "$SUBMISSIONS/Müller Anna_123456_assignsubmission_file_/lab.zip" My*
	zip -qr "$SUBMISSIONS/doejane_LATE_12345_67890_lab.zip" My*
	tar -czf "$SUBMISSIONS/packed.tar.gz" -C My*/labs 01-bare
	tar -cf "$SUBMISSIONS/flat.tar" -C My*/labs/01-bare server.c

	# What should hurt nobody.
	head -c 1000 "$OLDPWD/README.md" >"$SUBMISSIONS/broken.zip"
	head -c 300 "$SUBMISSIONS/packed.tar.gz" >"$SUBMISSIONS/cut.tar.gz"
	tar -P -cf "$SUBMISSIONS/escapes.tar" --transform 's|^|../../escaped/|' -C My*/labs 01-bare/server.c
	ln -s /etc/passwd evil/labs/01-bare/server.c
	tar -cf "$SUBMISSIONS/link.tar" -C evil .
	rm evil/labs/01-bare/server.c
	mkfifo evil/labs/01-bare/server.c
	cp -r evil "$SUBMISSIONS/fifo"
	rm evil/labs/01-bare/server.c
	head -c 300M /dev/zero >evil/labs/01-bare/server.c
	(cd evil && zip -q -1 -r "$SUBMISSIONS/bomb.zip" .)
	rm -r evil
	mkdir "$SUBMISSIONS/empty" "$SUBMISSIONS/=cmd|'!A1" "$SUBMISSIONS/<script>alert(1)<"
	echo text >"$SUBMISSIONS/notes.txt"
)

states() { jq -r '[.student, .state, (.labs[0].points // "-")] | join(" ")' "$out"/results/*.json; }
all_graded() {
	runs 0 || return
	diff <(sort <<-'END'
		_-cmd---A1 refused -
		_-script-alert-1-- refused -
		Müller-Anna_123456 graded 5
		bomb refused -
		broken refused -
		cut refused -
		doejane_12345 graded 5
		empty refused -
		escapes refused -
		fifo refused -
		flat graded 5
		lab-alice graded 100
		link refused -
		packed graded 5
		submission_4242 graded 5
	END
	) <(states | sort)
}
try 'folders and archives are graded, the hostile refused' all_graded
try 'what is neither is named' says 'left out.*notes.txt'
why() { diff <(echo "$2") <(jq -r .why "$out/results/$1.json"); }
try 'why: a link' why link '01-bare/server.c is a symbolic link, which is never followed'
try 'why: a FIFO' why fifo '01-bare/server.c is not a regular file'
try 'why: a bomb' why bomb '01-bare/server.c is larger than 1048576 bytes'
try 'why: nothing' why empty 'holds neither labs/, nor 01-bare/, nor its .c files'
try 'why: no archive' why broken 'cannot be read: bsdtar: Unrecognized archive format'
nothing_outside() { [ -z "$(find "$scratch" -name escaped)" ]; }
try 'nothing is written outside' nothing_outside
submitted() { find "$out/submitted" ! -type d ! -path '*/labs/01-bare/server.c'; }
only_sources() { [ -z "$(submitted)" ] || { submitted; return 1; }; }
try 'only the labs own files are kept' only_sources

# ---- results -----------------------------------------------------------------------

csv() { grep -qxF -- "$2"$'\r' "$out/$1" || { echo "$1 has no line $2:"; cat "$out/$1"; return 1; }; }
try 'gradebook: points' csv gradebook.csv \
	'"lab-alice","lab-alice","","","graded","",100,100,100,5,10,5,15,15,10,10,10,8,6,6'
try 'Moodle: by its participant' csv moodle.csv '"Participant 123456","Müller Anna",5,100,"01-bare: 5 of 100"'
try 'Canvas: by its ID' csv canvas.csv '"doejane","12345","","","",5'
try 'Canvas: the points possible' csv canvas.csv '"    Points Possible","","","","",100'
defused() { grep -q "\"'=cmd|'!A1\"" "$out/gradebook.csv" && ! grep -E '(^|,)"?[=+@-]' "$out/gradebook.csv"; }
try 'a formula is none' defused
line_ends() { ! grep -v $'\r$' "$out/gradebook.csv"; }
try 'line ends are those of RFC 4180' line_ends
inert() {
	[ "$(grep -o '<script' "$out/index.html" | wc -l)" -eq 2 ] && grep -q '&lt;script&gt;alert(1)&lt;' "$out/index.html"
}
try 'the page: a name is text' inert
policy() {
	local hash
	hash=$(sed -n '/^<script>/,/<\/script>$/p' "$out/index.html" | sed '1s/<script>//' | head -c -10 |
		openssl dgst -sha256 -binary | base64)
	grep -q "script-src 'sha256-$hash'" "$out/index.html"
}
try 'the page: its policy allows its own script' policy
taught() { grep -q '<td class="n">5</td><td><code>never-listens</code>.*01-bare/README.md#never-listens' "$out/index.html"; }
try 'the page: the diagnoses, counted, and where they are taught' taught
no_dead_links() {
	local link
	grep -o 'href="[^"]*"' "$out/index.html" | cut -d '"' -f 2 | sort -u | while read -r link; do
		printf -v link %b "${link//%/\\x}"
		[ -e "$out/$link" ] || echo "$link"
	done | { ! grep .; }
}
try 'the page: each link leads to a file' no_dead_links

# ---- again, and on -------------------------------------------------------------------

# Who has another result than before.
stamps() { (cd "$out/results" && stat -c '%n %i %y' -- *.json); }
new_results() { join -v 2 -1 1 -2 1 -t '|' <(sort "$scratch/before") <(stamps | sort) | sed 's/\.json .*//' | paste -sd ' '; }
again() {
	local wanted=$1
	stamps >"$scratch/before"
	runs "${2:-0}" || return
	[ "$(new_results)" = "$wanted" ] || { echo "graded: $(new_results)"; return 1; }
}
rm -r "$SUBMISSIONS"/{broken.zip,cut.tar.gz,escapes.tar,link.tar,fifo,bomb.zip,"=cmd|'!A1","<script>alert(1)<",notes.txt}
refused_again() { again ""; }
try 'again: who has a result is not graded' refused_again
printf '%s\n' '[maximum]' '01 = 50' '[hidden]' 'bare.echo = always' >"$scratch/policy.ini"
# under POLICY POINTS TOLD: nobody is graded, and it counts otherwise; is bare.echo told of?
under() {
	POLICY=$1 again "" || return
	grep -q "^\"lab-alice\",\"lab-alice\",\"\",\"\",\"graded\",\"\",$2,$2,$2," "$out/gradebook.csv" ||
		{ cat "$out/gradebook.csv"; return 1; }
	local told=no
	! grep -q 'bare\.echo' "$out/reports/lab-alice.html" || told=yes
	[ "$told" = "$3" ]
}
try 'a policy: points by it, and hidden checks in no report, without grading' under "$scratch/policy.ini" 50 no
try 'and without it as before' under '' 100 yes
printf '%s\n' '[due]' '* = 2027-03-01T23:59:00+01:00' '[late]' 'percent = 10' >"$scratch/due.ini"
printf '%s\r\n' 'Student,Submitted' '"lab-alice",2027-03-02T12:00:00+01:00' '123456,"2027-03-01T12:00:00Z"' >"$scratch/times.csv"
too_late() {
	POLICY=$scratch/due.ini TIMES=$scratch/times.csv again "" && says 'does not name 5 of 7: for them nothing is late' &&
		csv gradebook.csv '"lab-alice","lab-alice","","","graded","",90,100,90,5,10,5,15,15,10,10,10,8,6,6' &&
		csv moodle.csv '"Participant 123456","Müller Anna",5,100,"01-bare: 5 of 100"' &&
		grep -q '2027-03-02T12:00:00+01:00' "$out/reports/lab-alice.html"
}
try 'who is late by the list of times loses what the policy says' too_late
# times LINE WHY
times() {
	echo "$1" >"$scratch/wrong.csv"
	refuses "times: $1" "wrong.csv:1: $2" POLICY="$scratch/due.ini" TIMES="$scratch/wrong.csv"
}
times 'nobody,2027-03-02T12:00:00Z' 'nobody is called nobody'
times 'lab-alice,3 March 2027' 'grade: --submitted 3 March 2027: not a date'
times '2027' 'not NAME,TIME'
refuses 'times without a policy' 'due dates of a POLICY' TIMES="$scratch/times.csv"
echo nonsense >"$scratch/wrong.ini"
refuses 'a wrong policy' 'wrong.ini:1: ' POLICY="$scratch/wrong.ini"
put aaron $starter
echo '/* */' >>"$SUBMISSIONS/submission_4242/server.c"
late() { again 'aaron submission_4242'; }
try 'who is late, and sorts first, and who has changed something are graded, nobody else' late
sed -i '1s/"graded"/"error"/' "$out/results/packed.json"
tried_again() { again packed; }
try 'what was the grader'\''s failure is tried again' tried_again

# The same grader, but for some.
cat >"$scratch/grade" <<'END'
#!/bin/bash
student=$(basename "${*: -2:1}")
[ "$student" = null ] || echo "$student" >>"$LOG"
case $student in
"$FAILS") echo 'grade: out of luck' >&2; exit 3 ;;
"$KILLS") kill -KILL "$(cat "$LOG.pid")"; exec sleep 1000 ;;
esac
exec "$BUILD/grade" "$@"
END
chmod +x "$scratch/grade"
export GRADE=$scratch/grade LOG=$scratch/log FAILS='' KILLS=''
rm "$out/results/flat.json"
fails() {
	FAILS=flat runs 3 && says 'For 1 of 8' && why flat 'grade: out of luck' &&
		grep -q '"flat","flat","","","error","error: grade: out of luck",,100' "$out/gradebook.csv"
}
try 'a failure of the grader is nobody'\''s points, and exit status 3' fails
mended() { again flat; }
try 'and is gone the next time' mended

# SIGKILL to the run while the last but two is being graded.
rm "$out"/results/*.json "$LOG"
struck() {
	JOBS=1 KILLS=lab-alice grader/class/class.sh >"$scratch/said" 2>&1 </dev/null &
	echo $! >"$LOG.pid"
	wait $! 2>/dev/null
	flock -w 60 "$out/.class/lock" true || { echo 'somebody is left'; return 1; }
	! pgrep -f "$out" || return
	runs 0 || return
	diff <(sort "$LOG") <(printf '%s\n' Müller-Anna_123456 aaron doejane_12345 flat lab-alice lab-alice packed submission_4242 | sort) || return
	[ "$(states | grep -c graded)" -eq 7 ]
}
try 'struck down: all end with it, nothing is lost, nobody is graded twice' struck
unset GRADE

# ---- where there can be no sandbox -----------------------------------------------------

no_namespaces() {
	unshare --user --map-root-user bash -c 'echo 0 >/proc/sys/user/max_user_namespaces && exec grader/class/class.sh' \
		>"$scratch/said" 2>&1
	[ $? -eq 3 ] && says 'no sandbox' && says 'Allow user namespaces'
}
if unshare --user --map-root-user true 2>/dev/null; then
	try 'no sandbox, no class' no_namespaces
else
	skip 'no sandbox, no class' 'user namespaces are refused here anyway'
fi

# ---- who has much in common with whom ------------------------------------------------------

similar() {
	. grader/desk/lib.sh
	. grader/class/lib.sh
	. grader/class/collect.sh
	. grader/class/similar.sh
	shopt -s nullglob
	work=$scratch/work chosen=(01-bare)
	mkdir -p "$work" "$scratch/s/submitted"/{alice,carol,dave,erin,frank}/labs/01-bare
	out=$scratch/s
	cp solutions/01-bare/server.c "$out/submitted/alice/labs/01-bare"
	sed 's/\bn\b/count/g; s/^\t/        /' solutions/01-bare/server.c >"$out/submitted/carol/labs/01-bare/server.c"
	cp tests/alternatives/01-bare/polled/server.c "$out/submitted/dave/labs/01-bare"
	cp tests/alternatives/01-bare/scatter/server.c "$out/submitted/erin/labs/01-bare"
	cp "$starter/server.c" "$out/submitted/frank/labs/01-bare"
	similar_in 01-bare | sort -nr >"$scratch/pairs"
	[ "$(head -n 1 "$scratch/pairs" | cut -f 3,4)" = $'alice\tcarol' ] && ! grep frank "$scratch/pairs"
}
try 'alike: other names do not hide it, and starters do not count' similar
finish
