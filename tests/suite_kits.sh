#!/bin/bash
# SPDX-License-Identifier: MIT
# suite_kits.sh - each kit is made, unpacked and run as its platform would, in a bare place.
#
# One build from source serves all: it is that of the students' kit, and the others'
# sources are shown to be the same.
#
# shellcheck disable=SC2317,SC2016 # try() calls functions by name; $earned is jq's
cd "$(dirname "$0")/.." || exit 3
. tests/tap.sh
BUILD=$(realpath "${BUILD:-build}") || exit 3
export BUILD
scratch=$(mktemp -d) || exit 3
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM HUP
chmod 755 "$scratch"
mkdir "$scratch/home" "$scratch/kits"
kits=$BUILD/kits

# Where there are no user namespaces the kits are made to do without, as an instructor
# would.
"$BUILD/grade" --require-sandbox -c bare.builds -s solutions/01-bare 01 >/dev/null 2>&1
[ $? -ne 3 ] || export SANDBOX=off

policy=$scratch/my.ini
printf '%s\n' '[hidden]' 'bare.usage = always' '[weight]' 'bare.memory = 0' \
	'[due]' '* = 2027-03-01T23:59:00+01:00' '[late]' 'percent = 10' '[attempts]' 'allowed = 3' >"$policy"

# As bare as a platform: nothing of our caller's. -O0 builds faster.
bare() {
	env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME="$scratch/home" CFLAGS='-O0 -g0' "$@"
}

# ---- making them ---------------------------------------------------------------

make_kit() {
	LAB=01 POLICY=$policy grader/kits/kit.sh "$1"
}
make_again() {
	rm -rf "$scratch/kits/$1" && mv "$kits/$1" "$scratch/kits/$1" || return
	(umask 077 && cd / && TZ=Asia/Shanghai LC_ALL=C.UTF-8 LAB=01 POLICY=$policy "$OLDPWD/grader/kits/kit.sh" "$2") &&
		diff -r "$scratch/kits/$1" "$kits/$1"
}
for kit in gradescope github autolab student; do
	try "the kit $kit is made" make_kit "$kit"
done
try 'the same checkout makes the same zip' make_again gradescope.zip gradescope
try 'the same checkout makes the same workflow' make_again github github
try 'the same checkout makes the same tar' make_again student.tar.gz student

says() {
	local pattern=$1
	shift
	"$@" >"$scratch/said" 2>&1
	local status=$?
	cat "$scratch/said"
	[ "$status" -eq 2 ] && [ "$(wc -l <"$scratch/said")" -eq 1 ] && grep -q -- "$pattern" "$scratch/said"
}
try 'refused: a kit that there is not' says 'which kit' grader/kits/kit.sh moodle
try 'refused: a lab that there is not' says 'no lab is called .99' env LAB=99 grader/kits/kit.sh student
echo '[lates]' >"$scratch/bad.ini"
try 'refused: a policy that is none' says 'bad.ini:1: ' env POLICY="$scratch/bad.ini" grader/kits/kit.sh autolab
no_checkout() {
	mkdir "$scratch/copy" && cp -r grader "$scratch/copy" &&
		says 'no checkout' env GIT_CEILING_DIRECTORIES="$scratch" "$scratch/copy/grader/kits/kit.sh" student
}
try 'refused: where git tracks nothing' no_checkout

# ---- what is in them -----------------------------------------------------------

gradescope=$scratch/autograder course=$scratch/autograder/source/course
student=$scratch/student/netlabs
mkdir -p "$gradescope/source" "$scratch/student" "$scratch/github" "$scratch/autolab"
unzip -q "$kits/gradescope.zip" -d "$gradescope/source" &&
	tar -xf "$kits/student.tar.gz" -C "$scratch/student" &&
	tar -xf "$kits/github/.github/grader-kit.tar.gz" -C "$scratch/github" &&
	tar -xf "$kits/autolab/autograde.tar" -C "$scratch/autolab" || exit 3

# Every file in DIR is tracked, and as it is here; but those that are named.
only_tracked() {
	local dir=$1 bad=0 file
	shift
	while IFS= read -r file; do
		case " $* " in *" $file "*) continue ;; esac
		if ! git ls-files --error-unmatch "$file" >/dev/null || ! cmp "$file" "$dir/$file"; then
			bad=1
		fi
	done < <(cd "$dir" && find . -type f -printf '%P\n')
	return "$bad"
}
try 'gradescope: only what git tracks' only_tracked "$course"
try 'github: only what git tracks' only_tracked "$scratch/github/grader-kit/course"
try 'autolab: only what git tracks' only_tracked "$scratch/autolab/grader-kit/course"
try 'student: only what git tracks, but for what is mended' only_tracked "$student" README.md Makefile grader/book/start.zh-CN.md
no_answers() {
	! find "$scratch"/{autograder,student,github,autolab} | grep -E '/(solutions|tests|mutants|hostile|alternatives)(/|$)' &&
		[ "$(cd "$course" && find labs -name '*.c')" = '' ]
}
try 'no kit has a solution, a mutant, or a test of ours' no_answers
whole() {
	! grep -nE 'solution|tests/|mutant|make (test|diff|class|kit|soak|lint)|not for students|for all -->|参考答案' \
		"$student"/{README.md,grader/book/start.zh-CN.md} &&
		(cd "$student" && bare make help) | tee "$scratch/help" &&
		! grep -E 'make (kit|test|unit|diff|class|soak|lint|format|po|fuzz)' "$scratch/help" && grep -q 'make check' "$scratch/help"
}
try 'student: README.md and make help speak of nothing that is not there' whole
links() {
	local bad=0 link
	while IFS= read -r link; do
		[ -e "$student/$link" ] || { echo "$link"; bad=1; }
	done < <(grep -oE '\]\([^)#:]+' "$student/README.md" | sed 's/^](//')
	return "$bad"
}
try 'student: no link of README.md leads nowhere' links

# ---- the student's -------------------------------------------------------------

student_checks() {
	(cd "$student" && bare make check LAB=01) >"$scratch/out" 2>&1
	tail -n 20 "$scratch/out"
	grep -q '^01-bare: [0-9]* of 100 points' "$scratch/out" && [ -x "$student/build/grade" ]
}
try 'student: make check builds the grader and grades the starter' student_checks
no_solution() {
	cp solutions/01-bare/server.c "$student/labs/01-bare/" &&
		(cd "$student" && ! bare make -s diff LAB=01 SPOIL=1) >"$scratch/out" 2>&1
	cat "$scratch/out"
	grep -q 'There are no solutions in this copy' "$scratch/out"
}
try 'student: make diff says that there is nothing to compare with' no_solution

# ---- submissions ---------------------------------------------------------------

solution=$scratch/solution mutant=$scratch/mutant
cp -r solutions/01-bare "$solution"
cp -r solutions/01-bare "$mutant"
patch -s -d "$mutant" -p1 <tests/mutants/01-bare/fixed-reply.patch || exit 3

same_sources() {
	diff -r "$student/common" "$1/common" && diff -r -x kits -x book -x README.md "$student/grader" "$1/grader"
}
# The same sources are built already: make has nothing to do there.
lend_build() {
	try "$2: has the same sources as the students' kit" same_sources "$1"
	cp -r "$student/build" "$1/build"
}
lend_build "$course" gradescope
lend_build "$scratch/github/grader-kit/course" github

# ---- Gradescope ----------------------------------------------------------------

cp "$gradescope/source/run_autograder" "$gradescope"
try 'gradescope: setup.sh' bare AUTOGRADER="$gradescope" "$gradescope/source/setup.sh"

# gradescope_of SUBMISSION SUBMITTED PREVIOUS: run as the platform does.
gradescope_of() {
	rm -rf "$gradescope"/{submission,results}
	mkdir "$gradescope/results"
	cp -r "$1" "$gradescope/submission"
	jq -n --arg at "$2" --argjson before "$3" '{id: 1, created_at: $at, assignment: {title: "x"},
		previous_submissions: [range($before) | {score: 0}]}' >"$gradescope/submission_metadata.json"
	(cd "$gradescope" && bare AUTOGRADER="$gradescope" ./run_autograder) >"$scratch/out" 2>&1
	local status=$?
	cat "$scratch/out"
	jq -c 'del(.tests)' "$gradescope/results/results.json"
	return "$status"
}
results() {
	jq -e "$1" "$gradescope/results/results.json" >/dev/null
}
on_time=2027-03-01T14:58:59.365935-08:00
gradescope_solution() {
	gradescope_of "$solution" "$on_time" 0 && results '.score == 100 and (.tests | length == 11) and
		([.tests[].score] | add == 100) and [.tests[] | select(.visibility == "hidden").tags[1]] == ["bare.usage"]'
}
gradescope_mutant() {
	gradescope_of "$mutant" 2027-03-02T15:00:00-08:00 2 &&
		results '([.tests[].score] | add) as $earned | $earned > 0 and $earned < 100 and
			.score == $earned - ($earned * 20 / 100 | floor) and (.output | contains("Late")) and
			any(.tests[]; .tags[1] == "bare.echo" and .status == "failed" and .score == 0)'
}
gradescope_too_often() {
	gradescope_of "$solution" "$on_time" 3 && results '.score == 0 and any(.tests[]; .output | contains("attempt 4"))'
}
gradescope_empty() {
	mkdir -p "$scratch/empty" && gradescope_of "$scratch/empty" "$on_time" 0 &&
		results '.score == 0 and (.output | contains("server.c"))'
}
gradescope_broken() {
	mv "$course/build/agent" "$course/build/agent.away"
	gradescope_of "$solution" "$on_time" 0
	local status=$?
	mv "$course/build/agent.away" "$course/build/agent"
	[ "$status" -eq 3 ] && [ ! -e "$gradescope/results/results.json" ]
}
try 'gradescope: a solution in time has full marks; what is hidden is marked' gradescope_solution
try 'gradescope: a mutant, two days late' gradescope_mutant
try 'gradescope: one attempt too many' gradescope_too_often
try 'gradescope: without server.c no points, and the reason' gradescope_empty
try 'gradescope: where the grader fails there is no result' gradescope_broken

# ---- GitHub Classroom ----------------------------------------------------------

# The script of the step in the workflow that grades.
step=$(awk '/^ *run: \|$/ { on = 1; next } on && /^          / { print substr($0, 11); next } { on = 0 }' \
	"$kits/github/.github/workflows/classroom.yml")

# github_of SUBMISSION: as a runner does, in a checkout of the students' repository.
github_of() {
	local work=$scratch/work
	rm -rf "$work"
	mkdir -p "$work/repository/labs" "$work/temp"
	cp -r "$kits/github/.github" "$work/repository"
	cp -r "$1" "$work/repository/labs/01-bare"
	tar -xf "$kits/github/.github/grader-kit.tar.gz" -C "$work/temp"
	cp -r "$student/build" "$work/temp/grader-kit/course/build"
	(cd "$work/repository" && bare GITHUB_WORKSPACE="$PWD" RUNNER_TEMP="$work/temp" GITHUB_OUTPUT="$work/output" \
		PUSHED_AT=1803941940 ATTEMPT=2 bash -e -c "$step") >"$scratch/out" 2>&1
	local status=$?
	tail -n 5 "$scratch/out"
	sed -n 's/^result=//p' "$work/output" | base64 -d >"$scratch/github.json"
	return "$status"
}
github_solution() {
	github_of "$solution" && grep -q '^01-bare: [0-9]* of [0-9]* points' "$scratch/out" && jq -e '.version == 1 and
		.status == "pass" and ([.tests[].score] | add == $most) and .max_score == $most' \
		--argjson most "$visible" "$scratch/github.json"
}
github_mutant() {
	github_of "$mutant" && jq -e '.status == "fail" and ([.tests[].score] | add) < .max_score and
		any(.tests[]; .status == "fail")' "$scratch/github.json" && ! grep -q usage "$scratch/github.json"
}
visible=$((100 - $("$BUILD/grade" --list --policy "$policy" 01 | awk '$1 == "bare.usage" { print $2 }')))
try 'github: the step of the workflow grades a solution' github_solution
try 'github: and a mutant; what is hidden is not named' github_mutant

# ---- Autolab -------------------------------------------------------------------

# autolab_of FILE: as Autolab does, with the grader in the image.
autolab_of() {
	local work=$scratch/work
	rm -rf "$work"
	mkdir "$work"
	cp "$kits/autolab/autograde.tar" "$1" "$work"
	cp "$kits/autolab/autograde-Makefile" "$work/Makefile"
	(cd "$work" && bare NETLABS="$course" make) >"$scratch/out" 2>"$scratch/err"
	local status=$?
	tail -n 1 "$scratch/out"
	cat "$scratch/err"
	tail -n 1 "$scratch/out" >"$scratch/last"
	return "$status"
}
autolab_solution() {
	tar -C "$solution" -czf "$scratch/handin.tar.gz" . && autolab_of "$scratch/handin.tar.gz" &&
		jq -e '.scores == {"01-bare": $most}' --argjson most "$visible" "$scratch/last"
}
autolab_mutant() {
	cp "$mutant/server.c" "$scratch/handin.c" && autolab_of "$scratch/handin.c" &&
		jq -e '.scores["01-bare"] | . > 0 and . < $most' --argjson most "$visible" "$scratch/last"
}
autolab_broken() {
	echo 'this is no archive' >"$scratch/handin.tar" && autolab_of "$scratch/handin.tar" &&
		jq -e '.scores == {}' "$scratch/last" && grep -q 'handin.tar cannot be unpacked' "$scratch/out"
}
try 'autolab: make grades a solution in a tar' autolab_solution
try 'autolab: and a mutant in one file' autolab_mutant
try 'autolab: what cannot be unpacked gets no score, and the reason' autolab_broken
finish
