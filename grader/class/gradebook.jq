# SPDX-License-Identifier: MIT
# gradebook.jq - the grades as CSV: for spreadsheets, for Moodle, for Canvas.
#
# usage: jq -r --arg for all|moodle|canvas -f gradebook.jq data.json
#
# By RFC 4180, which wants CRLF. What a spreadsheet would take for a formula gets
# an apostrophe before it: names come from students.
def defused: if type == "string" and test("^[\\s\\p{C}]*[=+\\-@＝＋－＠]") then "'" + . else . end;
def row: map(defused) | @csv + "\r";
def note: if .state == "graded" then "" else .state + ": " + .why end;
# Nobody gets points from a run in which the grader failed.
def points($p): if .state == "graded" then $p else null end;

def all:
	(["Student", "Name", "Moodle identifier", "Canvas ID", "State", "Note", "Points", "Of"] +
		[.labs[].lab] + [.labs[].checks[].id]),
	(.labs as $labs | .students[] | . as $s |
		[.id, .name, (if .platform == "moodle" then "Participant " + .number else "" end),
			(if .platform == "canvas" then .number else "" end), .state, note,
			points(.points), ([$labs[].points] | add)] +
		[$labs[] | .lab as $l | $s | points(.labs[$l])] +
		[$labs[].checks[] | .id as $c | $s | points(.checks[$c].points)]);

# The offline grading worksheet of an assignment.
def moodle:
	["Identifier", "Full name", "Grade", "Maximum Grade", "Feedback comments"],
	(([.labs[].points] | add) as $of | .labs as $labs |
		.students[] | select(.platform == "moodle") | . as $s |
		["Participant " + .number, .name, points(.points), $of,
			(if .state == "graded" then [$labs[] | "\(.lab): \($s.labs[.lab] // 0) of \(.points)"] | join("; ")
			 else note end)]);

# One assignment for each lab; the second row is their points.
def canvas:
	(["Student", "ID", "SIS User ID", "SIS Login ID", "Section"] + [.labs[].lab]),
	(["    Points Possible", "", "", "", ""] + [.labs[].points]),
	(.labs as $labs | .students[] | select(.platform == "canvas") | . as $s |
		[.name, .number, "", "", ""] + [$labs[] | .lab as $l | $s | points(.labs[$l])]);

if $for == "moodle" then moodle elif $for == "canvas" then canvas else all end | row
