#!/bin/bash
# SPDX-License-Identifier: MIT
# suite_formats.sh - what other people's programs read of a result is as they want it, whatever a submission says.
#
# Some programs are graded, some results are made up; each is told in each
# format. That is held against a schema (tests/schemas/, after what the platform
# publishes), and check by check against the result itself.
#
# shellcheck disable=SC2016 # $ in jq and perl is theirs
# shellcheck disable=SC2317 # try() calls functions by name
cd "$(dirname "$0")/.." || exit 3
. tests/tap.sh
build=$(realpath "${BUILD:-build}") || exit 3
grade=$build/grade
export COURSE=$PWD
export CLASSROOM=networks ASSIGNMENT=fork SUBMISSION_TAG=submit/2026-01-01-abc
export COMMIT_URL=https://example.org/commit RELEASE_URL=https://example.org/release
unset REVIEW_URL

scratch=$(mktemp -d) || exit 3
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM HUP
on_json='gradescope github classroom50 autolab exercism prairielearn'
formats="junit tap $on_json"

# ---- results ---------------------------------------------------------------------

# grade_into NAME DIR [OPTION...]
grade_into() {
	local name=$1 dir=$2 check
	shift 2
	set -- "$@"
	for check in builds usage listens echo closes; do set -- "$@" -c "bare.$check"; done
	"$grade" -f json -o "$scratch/$name.json" "$@" -s "$dir" 01
	[ $? -le 1 ] && [ -s "$scratch/$name.json" ]
}
mutate() {
	cp -r solutions/01-bare "$scratch/$1-dir" && patch -s -d "$scratch/$1-dir" -p1 <"tests/mutants/01-bare/$1.patch"
}
hostile() {
	mkdir "$scratch/$1-dir" &&
		sed -e '/^#include "hostile.h"$/{r tests/hostile/hostile.h' -e 'd}' "tests/hostile/$1.c" \
			>"$scratch/$1-dir/server.c"
}
graded='solution greets missing-semicolon escapes print-pass'
mutate greets && mutate missing-semicolon && hostile escapes && hostile print-pass || exit 3
cp -r solutions/01-bare "$scratch/solution-dir"
for name in $graded; do
	try "graded: $name" grade_into "$name" "$scratch/$name-dir"
done

# Two labs, and a check of each status in each: `mixed`. With a string wherever one
# may stand that tries everything: `hostile`. Of eight labs, nothing but failures
# that have much to say: `large`. In which the grader has failed: `error`. With points
# taken off since it came late: `late`.
made='mixed hostile large error late'
checks='def check($lab; $n; $status): {lab: $lab, id: "a.\($n)", title: "claim \($n)", $status,
		points: (if $status == "pass" then $n else 0 end), max_points: $n, seconds: 0.25} +
		if $status == "pass" then {} else {message: "what is wrong"} end +
		if $status == "fail" then {diagnosis: "zombies", explanation: "Why.", expected: "no zombie",
			got: "20 zombies", hint: "Who waits?", handout: "labs/03-fork/README.md#zombies", failed_step: 2,
			stderr: [{program: "server 7007", stderr: "\"oh\\n\""}], faults: ["accept fails"],
			source: [{file: "server.c", line: 7, first: 6, lines: ["a", "b"]}],
			transcript: [{n: 1, what: "start `server 7007`"}, {n: 2, what: "expect no zombie"}]} else {} end;
	def lab($name; $statuses): {lab: $name, seconds: 1.5, checks: [range($statuses | length) as $i |
		check($name; $i + 1; $statuses[$i])]} | .points = ([.checks[].points] | add) |
		.max_points = ([.checks[].max_points] | add);
	def result(labs): {version: 1, labs: [labs]};
	def with($s): .labs[].checks[] |= (walk(if type == "string" then $s else . end) + {status} +
		if .handout then {handout: ($s | gsub("\\."; "_"))} else {} end);'
make_up() {
	jq -n "$checks $2" >"$scratch/$1.json" || exit 3
}
bad='([range(1; 32)] | implode) + "\u007f\u009b31m \u001b[2J\u001b]0;x\u0007 ]]> <script>\"\u0027&amp; \\ \\n # SKIP # TODO x
ok 1 - all
1..1
  ---
  ...
...
---
Bail out! now
{\"scores\": {\"01-bare\": 100}}
::set-output name=result::e30=
 ::error::owned
##[error]x ##vso[task.complete] ##teamcity[testFinished] [[ATTACHMENT|/etc/passwd]]
\u202edesrever\u2066 \ufffe\uffff \ud83d\ude00 é =cmd|x" + ("long " * 400)'
make_up mixed 'result(lab("01-bare", "03-fork"; ["pass", "fail", "skip", "error", "fail"]))'
make_up error 'result(lab("01-bare"; ["pass", "pass", "error"]))'
make_up late 'result(lab("01-bare"; ["pass", "pass", "pass", "fail"])) | .labs[0] |=
	. + {points: 4, notes: ["Late: 2 points are taken off.", "One check is hidden."], penalty: {percent: 34, points: 2}}'
make_up hostile "result(lab(\"01-bare\", \"03-fork\"; [\"pass\", \"fail\", \"skip\", \"error\", \"fail\"])) | with($bad) | .labs[].notes = [$bad]"
make_up large 'result(range(8) | lab("0\(.)-lab"; [range(20) | "fail"])) | ("\"\\" * 600) as $s | .labs[].checks[] |=
	. + {title: ("claim" * 16), message: $s, got: $s, expected: $s, stderr: [{program: "server", stderr: $s}]}'

render() {
	local format
	for format in $formats; do
		"$grade" --render "$scratch/$1.json" "${@:2}" -f "$format" -o "$scratch/$1.$format" || return
	done
	jq -s . "$scratch/$1.autolab" >"$scratch/$1.lines" && mv "$scratch/$1.lines" "$scratch/$1.autolab"
}
for name in $graded $made; do
	try "told in every format: $name" render "$name"
done

# A solution under a policy that hides two checks; the other has three quarters of the points.
printf '%s\n' '[hidden]' 'bare.usage = due' 'bare.closes = always' '[due]' '* = 9999-12-31T23:59Z' \
	'[weight]' 'bare.* = 0' 'bare.echo = 3' 'bare.usage = 1' >"$scratch/hides.ini"
cp "$scratch/solution.json" "$scratch/hidden.json"
try 'told in every format: under a policy' render hidden --policy "$scratch/hides.ini"

# ---- schemas ---------------------------------------------------------------------

# One line for each JSON file that does not follow its schema, tests/schemas/EXTENSION.json.
validate() {
	python3 -c '
import json, jsonschema, sys
for path in sys.argv[1:]:
    with open(path) as f, open("tests/schemas/" + path.rsplit(".", 1)[1] + ".json") as s:
        instance, schema = json.load(f), json.load(s)
    for error in jsonschema.Draft7Validator(schema).iter_errors(instance):
        print(path.rsplit("/", 1)[1], list(error.path), error.message[:300])
' "$@"
}
none_of() {
	echo "$1"
	[ -z "$1" ]
}
all=()
for format in $on_json; do
	for name in $graded $made hidden; do all+=("$scratch/$name.$format"); done
done
validate "${all[@]}" >"$scratch/invalid" 2>&1
for format in $on_json; do
	try "$format: as its schema says" none_of "$(grep -v '^[a-z-]*\.' "$scratch/invalid"; grep "^[a-z-]*\.$format " "$scratch/invalid")"
done

# Broken ones are noticed, each by the schema: NAME, FORMAT, what is done to it.
broken=()
break_one() {
	jq "$3" "$scratch/mixed.$2" >"$scratch/$1.$2" && broken+=("$scratch/$1.$2")
}
break_one no-such-status gradescope '.tests[0].status = "pass"'
break_one no-max-score gradescope 'del(.tests[0].max_score)'
break_one half-a-point classroom50 '.score = 1.5'
break_one no-message exercism 'del(.message)'
break_one much-output exercism '.tests[0].output = "x" * 501'
break_one share-over-one prairielearn '.score = 2'
break_one no-score-list autolab 'del(.[1].scores)'
break_one no-execution-time github 'del(.tests[0].execution_time)'
validate "${broken[@]}" >"$scratch/noticed" 2>&1
for file in "${broken[@]}"; do
	try "noticed by a schema: $(basename "$file")" grep -q "^$(basename "$file") " "$scratch/noticed"
done

junit_follows_schema() {
	local name files=()
	for name in $graded $made; do files+=("$scratch/$name.junit"); done
	xmllint --noout --nonet --schema tests/schemas/junit.xsd "${files[@]}"
}
try 'junit: as its schema says' junit_follows_schema
# What stands at the top of it is what is in it.
junit_counts() {
	local name what
	for name in $graded mixed error; do
		for what in testcase:tests failure:failures error:errors skipped:skipped; do
			[ "$(xmllint --xpath "count(//${what%:*}) = /*/@${what#*:} and /*/@${what#*:} = sum(//testsuite/@${what#*:})" \
				"$scratch/$name.junit")" = true ] || { echo "$name: $what"; return 1; }
		done
	done
}
try 'junit: its counts are right' junit_counts

# ---- check by check --------------------------------------------------------------

# What a parser of TAP makes of it. Perl's own knows TAP 13, of which 14 is an
# extension that its authors asked parsers to read as such.
read_tap() {
	sed 's/^TAP version 14$/TAP version 13/' "$1" | perl -MTAP::Parser -we '
		my $p = TAP::Parser->new({source => \*STDIN});
		while (my $r = $p->next) {
			print $r->has_skip ? "skip\n" : $r->is_actual_ok ? "pass\n" : "fail\n" if $r->is_test;
			print "# got ", $r->data->{got}, "\n" if $r->is_yaml && $ENV{DATA};
			print "bails out\n" if $r->is_bailout;
			die "not TAP: ", $r->as_string if $r->is_unknown;
		}
		die join "; ", $p->parse_errors if $p->parse_errors && !$p->has_problems;
		die "$_\n" for grep !/^Bad plan/, $p->parse_errors;'
}
# A line for each check: what became of it.
statuses() {
	case $1 in
	junit) xmllint --xpath '//testcase/*[self::failure or self::error or self::skipped] |
		//testcase[not(failure or error or skipped)]' "$2" |
		sed -n 's/^ *<testcase .*/pass/p; s/^ *<\(skipped\|failure\|error\) .*/\1/p' ;;
	tap) read_tap "$2" ;;
	gradescope) jq -r '.tests[].status' "$2" ;;
	github | exercism) jq -r '.tests[].status' "$2" ;;
	classroom50) jq -r '.tests[].passed' "$2" ;;
	autolab) jq -r '.[0] as $all | $all.stages | unique[] | $all[.][].passed' "$2" ;;
	prairielearn) jq -r '.tests[] | .points == .max_points' "$2" ;;
	esac
}
# What they are called there: pass, fail, skip, error.
words() {
	case $1 in
	junit) echo pass failure skipped error ;;
	tap) echo pass fail skip skip ;;
	gradescope) echo passed failed failed null ;;
	github) echo pass fail fail error ;;
	exercism) echo pass fail error error ;;
	*) echo true false false false ;;
	esac
}
same_statuses() {
	local words
	read -ra words < <(words "$1")
	diff <(jq -r '.labs[].checks[].status' "$scratch/$2.json" |
		sed "s/pass/${words[0]}/; s/fail/${words[1]}/; s/skip/${words[2]}/; s/^error/${words[3]}/"
		[ "$1" != tap ] || ! grep -q '"status": "error"' "$scratch/$2.json" || echo 'bails out') \
		<(statuses "$1" "$scratch/$2.$1")
}
for format in $formats; do
	for name in $graded mixed error; do
		try "$format of $name: each check has its status" same_statuses "$format" "$name"
	done
done
for format in tap gradescope github classroom50 exercism prairielearn; do
	try "$format of hostile: each check has its status" same_statuses "$format" hostile
done

# points FORMAT FILE: those won, or what the platform is told instead.
points() {
	case $1 in
	junit) xmllint --xpath 'sum(//property[@name = "points"]/@value)' "$2" ;;
	gradescope) jq .score "$2" ;;
	github) jq '[.tests[].score] | add' "$2" ;;
	classroom50) jq .score "$2" ;;
	autolab) jq '[.[1].scores[]] | add' "$2" ;;
	prairielearn) jq '.score * ([.tests[].max_points] | add) | round' "$2" ;;
	esac
}
same_points() {
	diff <(jq '[.labs[].points] | add' "$scratch/$2.json") <(points "$1" "$scratch/$2.$1")
}
for format in junit gradescope github classroom50 autolab prairielearn; do
	for name in $graded; do
		try "$format of $name: the points" same_points "$format" "$name"
	done
done

says() {
	jq -e "$2" "$scratch/$1"
}
for format in gradescope github exercism prairielearn; do
	try "$format: claims are the names" says "solution.$format" \
		'.tests[0].name == "server.c compiles, and the compiler has nothing to warn of"'
	try "$format: with several labs, the lab stands before them" says "mixed.$format" \
		'.tests[0].name == "01-bare: claim 1" and .tests[9].name == "03-fork: claim 5"'
done
account='("zombies: what is wrong\nexpected: no zombie\nseen: 20 zombies\nhint: Who waits?\n" +
	"read: labs/03-fork/README.md#zombies\nagain: make check LAB=01 CHECK=a.2\n" +
	"stderr of server 7007: \"oh\\n\"")'
try 'gradescope: a failure is told with what to do' says mixed.gradescope ".tests[1].output == $account"
try 'github: a failure is told, and where it is in the source' says mixed.github \
	".tests[1] | .message == $account and .filename == \"labs/01-bare/server.c\" and .line_no == 7"
try 'classroom50: a failure is told' says mixed.classroom50 ".tests[1].message == $account"
try 'autolab: a failure is told' says mixed.autolab ".[0][\"01-bare\"][\"claim 2\"].hint == $account"
try 'prairielearn: a failure is told, and what was done' says mixed.prairielearn \
	".tests[1] | .message == $account and .output == \"1. start \`server 7007\`\n2. expect no zombie\""
try 'exercism: a failure is told, what was done, what it said' says mixed.exercism \
	".tests[1] | .message == $account and .output == \"\\\"oh\\\\n\\\"\" and (.test_code | startswith(\"1. start\"))"
try 'a check that could not be tried says why' says mixed.gradescope '.tests[2].output == "Not judged: what is wrong"'

# ---- where the grader itself has failed, and where nothing compiles ---------------

try 'github: after an error of the grader no points are sent' says error.github \
	'.status == "error" and .max_score == 0'
try 'github: else they are' says mixed.github '.max_score == 0'
try 'github: full marks' says solution.github '.status == "pass" and .max_score > 0'
try 'gradescope: an error has no score, and the student is told' says error.gradescope \
	'(.tests[2] | has("score") | not) and (.output | test("not your fault"))'
try 'autolab: a lab with an error has no score' says error.autolab '.[1] == {"scores": {}}'
try 'exercism: an error of the grader is one of the whole' says error.exercism \
	'.status == "error" and (.message | test("not your fault"))'
try 'exercism: what does not compile is an error, in the words of the compiler' says missing-semicolon.exercism \
	'.status == "error" and (.message | test("server.c:[0-9]+:[0-9]+: error: expected"))'
try 'exercism: a failure is none' says greets.exercism '.status == "fail"'
try 'prairielearn: an error of the grader costs no attempt' says error.prairielearn \
	'.gradable == false and (.format_errors[0] | test("not your fault"))'
try 'prairielearn: what does not compile costs none' says missing-semicolon.prairielearn \
	'.gradable == false and (.format_errors[0] | test("does not compile"))'
try 'prairielearn: a failure does' says greets.prairielearn '.gradable and .score > 0 and .score < 1'
try 'prairielearn: full marks are 1' says solution.prairielearn '.gradable and .score == 1'

# ---- under a policy ----------------------------------------------------------------

for format in junit gradescope github classroom50 autolab prairielearn; do
	try "$format: what is taken off does not count" test "$(points "$format" "$scratch/late.$format")" -eq 4
done
for format in $formats; do
	case $format in exercism | classroom50) continue ;; esac # they have no place for them
	try "$format: the notes are told" grep -q 'Late: 2 points are taken off\.' "$scratch/late.$format"
done
try 'gradescope: what is hidden is marked, and counted' says hidden.gradescope '.score == 100 and
	([.tests[] | select(.visibility != "visible") | [.tags[1], .visibility]] | sort ==
		[["bare.closes", "hidden"], ["bare.usage", "after_due_date"]])'
for format in junit github classroom50 autolab prairielearn; do
	try "$format: what is hidden does not count" test "$(points "$format" "$scratch/hidden.$format")" -eq 75
done
for format in junit tap github classroom50 autolab exercism prairielearn; do
	try "$format: what is hidden is not named" test -z "$(grep -E 'usage|bad arguments|end of file' "$scratch/hidden.$format")"
done

# ---- hostile bytes ---------------------------------------------------------------

# In no text are controls but line ends, nor what turns text around, nor what
# runners of graders obey.
all_texts='[.. | (strings, (objects | keys[]))]'
inert() {
	local file
	for file in "$scratch"/{hostile,escapes,print-pass}."$1"; do
		jq -e "$all_texts"' | ([.[] | explode[] | select((. < 32 and . != 10) or (. >= 127 and . < 160) or
			(. >= 8234 and . <= 8238) or (. >= 8294 and . <= 8297) or . == 65534 or . == 65535)] == []) and
			([.[] | split("\n")[] | select(test("^ *::|##\\[|##vso\\[|##teamcity\\[|\\[\\[ATTACHMENT"))] == [])' \
			"$file" || return
	done
}
for format in $on_json; do
	try "$format: hostile bytes are inert" inert "$format"
done
inert_lines() {
	none_of "$(LC_ALL=C grep -anE $'[\x01-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]|\xef\xbf[\xbe\xbf]|^ *::|##\\[|##vso\\[|##teamcity\\[|\\[\\[ATTACHMENT' \
		"$scratch"/{hostile,escapes,print-pass}."$1" | cut -c 1-300)"
}
try 'junit: hostile bytes are inert' inert_lines junit
try 'tap: hostile bytes are inert' inert_lines tap
tap_grammar() {
	none_of "$(grep -vE '^(TAP version 14|1\.\.[0-9]+|(not )?ok [0-9]+ - ([^#\\]|\\[#\\])*( # SKIP .*)?|  (---|\.\.\.)|  [a-z_]+: ("([^"\\]|\\.)*"|[0-9]+)|# .*|Bail out! The grader itself failed\..*)$' \
		"$scratch"/{hostile,escapes,print-pass,mixed}.tap | cut -c 1-300)"
}
try 'tap: there is no other line than those that we mean' tap_grammar
tap_data() {
	DATA=yes read_tap "$scratch/escapes.tap" | grep '^# got' >"$scratch/got" &&
		diff "$scratch/got" <(jq -r '.labs[].checks[].got // empty | "# got \(.)"' "$scratch/escapes.json")
}
try 'tap: a parser reads what was seen' tap_data
harness() {
	sed 's/^TAP version 14$/TAP version 13/' "$scratch/$1.tap" >"$scratch/$1.t"
	prove -e cat "$scratch/$1.t" 2>&1 | grep "$2"
}
try 'tap: a harness is content with a solution' harness solution '^Result: PASS'
try 'tap: and not with a mutant' harness greets '^Result: FAIL'
try 'tap: an error of the grader ends it' harness error 'stopped.*not your fault'

# ---- how much there is -----------------------------------------------------------

encoded() {
	[ "$(base64 -w0 "$scratch/large.github" | wc -c)" -lt 131072 ]
}
try 'github: 160 failures fit into an environment string' encoded
at_most() {
	[ "$(wc -c <"$scratch/large.$1")" -lt "$2" ]
}
try 'prairielearn: 160 failures fit into a megabyte' at_most prairielearn 1000000
autolab_lines() {
	"$grade" --render "$scratch/$1.json" -f autolab | awk 'END { exit NR != 2 }'
}
try 'autolab: two lines, whatever there is in them' autolab_lines hostile

# ---- graded directly -------------------------------------------------------------

directly() {
	"$grade" -f "$1" -c bare.builds -s "$scratch/missing-semicolon-dir" 01 >"$scratch/direct"
	[ $? -eq 1 ] && grep -q 'does not compile' "$scratch/direct"
}
for format in $formats; do
	try "$format: graded and told at once, with the usual exit status" directly "$format"
done
in_chinese() {
	LC_ALL=zh_CN.UTF-8 "$grade" -f gradescope -c bare.builds -s "$scratch/missing-semicolon-dir" 01 |
		jq -e '(.output | test("分")) and (.tests[0].output | test("提示"))'
}
try 'who reads Chinese is told in Chinese' in_chinese
refused_at_once() {
	local said
	said=$(env -u "$1" "$grade" -f classroom50 -s "$scratch/solution-dir" 01 2>&1)
	[ $? -eq 2 ] && [[ $said = "grade: classroom50: $1 is not set"* ]]
}
for variable in CLASSROOM ASSIGNMENT SUBMISSION_TAG COMMIT_URL RELEASE_URL; do
	try "classroom50: $variable is asked for before anything is graded" refused_at_once "$variable"
done
finish
