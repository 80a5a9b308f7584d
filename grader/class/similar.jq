# SPDX-License-Identifier: MIT
# similar.jq - the pairs of programs that have most in common, as a page.
#
# usage: jq -r --rawfile pairs F --rawfile css F -f similar.jq data.json
def text: tostring | @html;
(.students | map({key: .id, value: .}) | from_entries) as $who |
def program($id; $lab): "<a href=\"submitted/\($id | @uri)/labs/\($lab | @uri)/\"><bdi>\($who[$id].name // $id | text)</bdi></a>";
($pairs | split("\n") | map(select(. != "") | split("\t")) |
	map(select($who[.[2]] and $who[.[3]]))) as $all |
"<!DOCTYPE html>
<html lang=\"en\"><head><meta charset=\"utf-8\"/><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>
<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\"/>
<title>Programs that are alike</title>
<style>
\($css)</style></head>
<body><header><h1>Programs that are alike</h1></header>
<main>
<p><strong>These are places to look, and nothing more.</strong> Two short programs for the same task, with the same handout beside
them, resemble each other without anyone's doing. Who helped whom, and whether that was allowed, is in no number: read both
programs, and ask.</p>
<p>Left out before the comparison: what the starters have, and lines that more than a quarter of the class have. Names, layout and
comments do not count (<code>sim_c</code>). The share is that of the program of which more is in the other one; shares below 20 %
and programs with few lines of their own are not listed.</p>
\(if ($all | length) == 0 then "<p>There are no such pairs.</p>" else
"<table><thead><tr><th class=\"n\">share</th><th>lab</th><th>one</th><th>other</th></tr></thead><tbody>
" + ($all[:200] | map("<tr><td class=\"n\">\(.[0] | text) %</td><td>\(.[1] | text)</td><td>\(program(.[2]; .[1]))</td><td>\(program(.[3]; .[1]))</td></tr>") | join("\n")) +
"</tbody></table>
" + (if ($all | length) > 200 then "<p>\(($all | length) - 200) more pairs with smaller shares are not listed.</p>\n" else "" end) end)</main>
</body></html>"
