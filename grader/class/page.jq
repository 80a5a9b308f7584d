# SPDX-License-Identifier: MIT
# page.jq - the class as one page: who has how much, what many got wrong, what went badly.
#
# usage: jq -r --rawfile css F --rawfile script F --arg hash H -f page.jq data.json
#
# It is all there without its script, which only sorts, and names what the mouse
# is at. Its policy allows this script and no other: names and programs are text.
def text: tostring | @html;
def percent($of): if $of > 0 then 100 * . / $of | floor else 0 end;
def count($one; $many): if . == 1 then "1 \($one)" else "\(.) \($many)" end;
def letter: {pass: "·", fail: "F", skip: "s", error: "E"}[.status // ""] // "-";
def median: sort | if length == 0 then 0 else .[(length - 1) / 2 | floor] end;
def report: if (.labs | length) > 0 then "<a href=\"reports/\(.id | @uri).html\"><bdi>\(.name | text)</bdi></a>"
	else "<bdi>\(.name | text)</bdi>" end;

# A row of checks as letters: no element for what is passed, one for as many others as are alike.
def letters: reduce .[] as $l ([]; if .[-1][0] == $l then .[-1][1] += 1 else . + [[$l, 1]] end) |
	map((.[0] * .[1]) as $run | if .[0] == "·" then $run else "<i class=\"\({"F": "f", "s": "s", "E": "e", "-": "m"}[.[0]])\">\($run)</i>" end) | add;

def head($of): "
<header><h1>Class report</h1>
<p>\(.students | length | count("submission"; "submissions")), \([.students[] | select(.state == "graded")] | length) graded.
Of \($of) points the median is \([.students[] | select(.state == "graded").points] | median).
<a href=\"gradebook.csv\">gradebook.csv</a>, <a href=\"moodle.csv\">moodle.csv</a>,
<a href=\"canvas.csv\">canvas.csv</a>, <a href=\"similar.html\">programs that are alike</a></p></header>";

def histogram($of): [.students[] | select(.state == "graded").points | percent($of) / 10 | floor] as $bins |
	([range(11) as $b | [$bins[] | select(. == $b)] | length]) as $n | ([$n | max, 1] | max) as $most |
	"<h2>Points</h2>\n<table class=\"bars\"><tbody>" +
	([range(10; -1; -1) | "<tr><th scope=\"row\">\(if . == 10 then "all" else "\(. * 10)–\(. * 10 + 9) %" end)</th>" +
		"<td><span class=\"bar\" style=\"width: \(60 * $n[.] / $most)%\"></span> \($n[.])</td></tr>"] | join("\n")) +
	"</tbody></table>\n";

def trouble: [.students[] | select(.state != "graded")] | if length == 0 then "" else
	"<h2>Not graded</h2>\n<table><thead><tr><th>student</th><th>state</th><th>why</th></tr></thead><tbody>\n" +
	(map("<tr><td>\(report)</td><td>\(.state)</td><td>\(.why | text) <span class=\"soft\">(\(.entry | text))</span></td></tr>") | join("\n")) +
	"</tbody></table>\n<p class=\"soft\">An <em>error</em> is the grader's own failure: the same command tries it again.</p>\n" end;

def slowest: [.students[] | select(.seconds > 0)] | sort_by(-.seconds)[:10] |
	"<h2>Slowest</h2>\n<table><thead><tr><th>student</th><th class=\"n\">seconds</th></tr></thead><tbody>\n" +
	(map("<tr><td>\(report)</td><td class=\"n\">\(.seconds * 10 | round / 10)</td></tr>") | join("\n")) + "</tbody></table>\n";

def diagnoses: (.students | length) as $n |
	[.students[] | [.checks[] | select(.status == "fail" and .diagnosis) | {diagnosis, message, handout}] |
		unique_by(.diagnosis + (.handout // ""))[]] |
	group_by(.diagnosis + (.handout // "")) | sort_by(-length)[:25] |
	"<h2>What to teach again</h2>\n<p>What the grader has found out, by the number of students.</p>\n<table class=\"sortable\"><thead><tr>" +
	"<th class=\"n\">students</th><th>diagnosis</th><th>in words</th><th>taught in</th></tr></thead><tbody>\n" +
	(map("<tr><td class=\"n\">\(length)</td><td><code>\(.[0].diagnosis | text)</code></td><td>\(.[0].message | text)</td>" +
		"<td><code>\(.[0].handout // "" | text)</code></td></tr>") | join("\n")) + "</tbody></table>\n";

def checks: .students as $students | "<h2>Checks</h2>\n<table class=\"sortable\"><thead><tr><th>check</th><th class=\"n\">points</th>" +
	"<th class=\"n\">passed</th><th>claim</th></tr></thead><tbody>\n" +
	([.labs[].checks[] | .id as $id | "<tr><td><code>\($id | text)</code></td><td class=\"n\">\(.points)</td><td class=\"n\">" +
		"\([$students[].checks[$id] | select(.status == "pass")] | length)</td><td>\(.claim | text)</td></tr>"] | join("\n")) +
	"</tbody></table>\n";

def map_of($s): "<td class=\"map\" data-value=\"\($s.labs[.lab] // -1)\"><span class=\"n\">\($s.labs[.lab] // "–" | text)</span> <code style=\"width: \(.checks | length)ch\" data-lab=\"\(.lab | text)\">" +
	"\([.checks[] | $s.checks[.id] | letter] | letters)</code></td>";

def students($of): .labs as $labs | "<h2>Students</h2>\n<p>A letter for each check, in the order of the table above: · passed, F failed, s skipped, " +
	"E the grader's failure. A name leads to the student's report.</p>\n<p id=\"at\" aria-live=\"polite\"></p>\n" +
	"<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"students\"><table class=\"sortable\"><thead><tr><th>student</th><th class=\"n\">points</th>" +
	([$labs[] | "<th>\(.lab | text)</th>"] | add) + "<th class=\"n\">seconds</th><th>state</th></tr></thead><tbody>\n" +
	([.students[] | . as $s | "<tr><td>\(report)</td><td class=\"n\">\(.points // "–")</td>" +
		([$labs[] | map_of($s)] | add) + "<td class=\"n\">\(.seconds * 10 | round / 10)</td><td>\(.state)</td></tr>"] | join("\n")) +
	"</tbody></table></div>\n";

([.labs[].points] | add) as $of |
"<!DOCTYPE html>
<html lang=\"en\"><head><meta charset=\"utf-8\"/><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>
<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-\($hash)'; base-uri 'none'; form-action 'none'\"/>
<title>Class report</title>
<style>
\($css)</style></head>
<body>\(head($of))
<main>
\(histogram($of))\(diagnoses)\(trouble)\(checks)\(students($of))\(slowest)</main>
<script type=\"application/json\" id=\"checks\">\([.labs[] | {key: .lab, value: [.checks[].id]}] | from_entries | tojson | gsub("<"; "\\u003c"))</script>
<script>\($script)</script>
</body></html>"
