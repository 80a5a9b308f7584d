# SPDX-License-Identifier: MIT
# data.jq - all that the gradebook and the page tell, in one object.
#
# usage: jq -n --rawfile students F --rawfile keys F --slurpfile list F -f data.jq RESULT...
#
# Results are read one by one, and little is kept of each. One that is of another
# submission than the one at hand is none.
def table: split("\n") | map(select(. != "") | split("\t"));
def known: if . == "-" then "" else . end;

($keys | table | map({key: .[0], value: .[1]}) | from_entries) as $key |
(reduce inputs as $r ({};
	if $key[$r.student] != $r.key then . else .[$r.student] = {
		state: $r.state, why: $r.why, seconds: $r.seconds,
		points: ([$r.labs[].points] | add),
		labs: ($r.labs | map({key: .lab, value: .points}) | from_entries),
		checks: ([$r.labs[].checks[] | {key: .id, value: {status, points, diagnosis, message, handout}}] | from_entries)
	} end)) as $results |
{
	labs: $list[0].labs | map({lab, title, points: ([.checks[].points] | add),
		checks: [.checks[] | {id, points, claim}]}),
	students: $students | table | map(
		{id: .[0], name: .[1], platform: (.[2] | known), number: (.[3] | known), entry: .[4]} +
		($results[.[0]] // {state: "missing", why: "has no result", seconds: 0, points: null, labs: {}, checks: {}}))
}
