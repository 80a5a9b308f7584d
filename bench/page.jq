# SPDX-License-Identifier: MIT
# page.jq - a campaign as one page: what it shows, what was expected, pictures, and all numbers.
#
# usage: jq -r -L bench --slurpfile pictures F --rawfile css F -f page.jq summary.json
#
# It stands alone: pictures are in it, and its policy lets nothing else be loaded or run.
include "words";
def text: tostring | @html;
def row: "<tr>" + add + "</tr>";
def head(names): "<thead><tr>" + ([names[] | if startswith("#") then "<th class=\"n\">\(.[1:] | text)</th>" else "<th>\(text)</th>" end] | add) + "</tr></thead>";
def wide($called): "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"\($called | text)\">\(.)</div>";
def table($called; names; rows): "<table>\(head(names))<tbody>\n\([rows | row] | join("\n"))</tbody></table>" | wide($called);
def n: "<td class=\"n\">\(text)</td>";
def spread_cell: if . == null or .median == null then "<td class=\"n\">–</td>" else "<td class=\"n\" title=\"\(.min | short) to \(.max | short)\">\(.median | short)</td>" end;

def intro: .settings as $s | "<header><h1>How each server scales</h1>
<p>\(.machine.cpu | text), \(.machine.cores) cores, \(.machine.memory_bytes | bytes) of memory, Linux \(.machine.kernel | text), \(.machine.os | text);
\(.date | text). The labs’ servers are those in <code>\($s.from | text)</code>, compiled by \($s.compiler | text).</p>
<p>Medians of \(.rounds) round\(if .rounds == 1 then "" else "s" end), in which the servers took turns; a ratio is taken within each round.
The servers ran on core \($s.server_cores | text), who asked them on core \($s.load_core | text), for \($s.window_seconds) s each time.
Other programs took more than 5 % of the machine in \([.cells[].models[].disturbed] | add // 0) of \([.cells[].models[].rounds] | add // 0) measurements\(if $s.quick then "" else ", three times in a row" end).
Rates are those of this machine; ratios travel.</p></header>";

def shows: "<h2>What the numbers show</h2>\n" + ([sentences[] | "<h3>\(.about | text)</h3>\n<p>\(.says | map(text) | join(" "))</p>"] | join("\n"));

def asked: "\(if .bytes == 64 then "" else "\(.bytes | thousands) bytes, " end)\(.connections | short) connection\(if .connections == 1 then "" else "s" end), " +
	(if .loop == "churn" then "each for one round trip"
	else "\(if .active == .connections then "all" else .active | short end) active" + (if .loop == "closed" then "" else ", \(.loop[4:]) round trips per second" end) end);
def bound: if .at_least and .at_most then "\(.at_least) to \(.at_most)" elif .at_least then "at least \(.at_least)" else "at most \(.at_most)" end;
def expected: . as $all | "<h2>What was to be expected</h2>\n<p>\(verdict | text)</p>\n" + table("expectations"; ["what", "#expected", "#measured", "#surely between", "holds"];
	.expectations[] | ["<td class=\"claim\">\(.claim | text)\(if .cell then .cell as $cell | " (" + first($all.cells[] | select(.cell == $cell) | asked) + ")" else "" end)</td>", (bound | n), (spread | n),
		(if .median == null then "–" else "\(.low | short) and \(.high | short)" end | n),
		(if .holds == true then "<td class=\"yes\">yes</td>" elif .holds == false then "<td class=\"no\">no</td>"
		elif .median == null then "<td class=\"open\">not measured</td>" else "<td class=\"open\">open</td>" end)]) +
	"<p>Surely: in nine of ten such campaigns the true value is between the two. <em>Open</em>: so is the bound, and more rounds can tell.</p>";

def drawn: "<h2>Pictures</h2>\n" + ([$pictures[0][] | .title as $title | "<figure>" + ("<img src=\"data:image/svg+xml;base64,\(.svg)\" width=\"900\" height=\"400\" alt=\"\(.title | text)\"/>" | wide($title)) +
	"<figcaption>\(.name | text): \(.title | text); also as \(.name | text).svg and \(.name | text).png beside this page.</figcaption></figure>"] | join("\n"));

def limits: {server: "the server’s core", load: "who asks", waiting: "waking up"};
def numbers_of_cell: "<details><summary>\(asked | text)</summary>\n" + table(asked;
	["server", "#round trips/s", "#p50 µs", "#p99 µs", "#p99.9 µs", "#max µs", "#CPU µs", "#to libevent", "#to libuv", "#to raw", "#set-up µs", "#memory", "#PSS", "#tables, stacks", "#socket", "limit"];
	.models | in_order[] | .key as $name | .value | ["<th scope=\"row\">\($name | text)\(if .disturbed > 0 then " *" else "" end)</th>"] +
		([.round_trips_per_second, .p50_us, .p99_us, .p99_9_us, .max_us, .cpu_us_per_round_trip, .cpu_ratio.libevent, .cpu_ratio.libuv, .cpu_ratio.raw, .setup_cpu_us_per_connection] | map(spread_cell)) +
		([.memory_bytes_per_connection, .pss_bytes_per_connection, .kernel_task_bytes_per_connection, .kernel_socket_bytes_per_connection] | map((if . and .median then .median | bytes else "–" end) | n)) +
		["<td>\(limits[.limit // ""] // "–")</td>"]) + "</details>";

def numbers: "<h2>All numbers</h2>
<p>CPU is the server’s, for a round trip; <em>to</em> is its ratio to that of another server, or of one of two processes that do nothing else (raw);
these sleep at each turn, and whoever has many to serve sleeps less.
Memory is that of one connection: the processes’ own (PSS), and the kernel’s in page tables and stacks and in the socket.
The least and the most of all rounds are in the tooltips, and in <code>summary.json</code>. * was disturbed.</p>\n" +
	([.cells[] | numbers_of_cell] | join("\n"));

def ladder_table: if (.ladder | length) == 0 then "" else "<h2>Between two processes</h2>\n" +
	table("between two processes"; ["mechanism", "cores", "#bytes", "#p50 µs", "#p99 µs", "#CPU µs", "#MB/s"];
		.ladder[] | ["<td>\(.mechanism | text)</td><td>\(.cores | text)</td>", (.bytes | short | n)] +
			([.p50_us, .p99_us, .cpu_us_per_round_trip, .throughput_mb_per_second] | map(spread_cell))) end;

def missing: if (.left_out | length) == 0 then "" else "<h2>Left out</h2>\n<ul>" +
	([.left_out[] | "<li>\(.model | text)\(if .cell == "*" then "" else ", \(.cell | text)" end): \(.reason | text)</li>"] | join("\n")) + "</ul>\n" end;

"<!DOCTYPE html>
<html lang=\"en\"><head><meta charset=\"utf-8\"/><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>
<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'\"/>
<title>How each server scales</title>
<style>
\($css)</style></head>
<body>\(intro)
<main>
\(shows)
\(expected)
\(drawn)
\(missing)\(numbers)
\(ladder_table)</main>
</body></html>"
