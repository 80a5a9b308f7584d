#!/bin/bash
# SPDX-License-Identifier: MIT
# report.sh - from the results of a campaign: summary.json, pictures, and a page.
#
# usage: bench/report.sh DIR
#
# DIR is what bench.sh fills. Exit status: 0 there is a report, 2 bad usage, 3 there
# is none: no result, or one that cannot be read.
cd "$(dirname "$0")/.." || exit 3
export LC_ALL=C.UTF-8
shopt -s nullglob

say() { printf 'bench: %s\n' "$*" >&2; }
fail() { say "$*"; exit 3; }

if [ $# -ne 1 ] || [ ! -d "$1" ]; then say "usage: bench/report.sh DIR"; exit 2; fi
out=$(realpath "$1") here=$PWD/bench
scratch=$(mktemp -d "$out/report.XXXXXX") || exit 3
trap 'rm -rf "$scratch"' EXIT
trap 'exit 3' INT TERM HUP

# ---- what was measured -----------------------------------------------------------

results=("$out"/round-*/*/*.json)
[ ${#results[@]} -gt 0 ] || fail "nothing was measured in $out"
for file in campaign.json ceiling.json; do
	jq -e . "$out/$file" >/dev/null 2>&1 || fail "$out/$file is missing or damaged"
done
if ! jq -e -n --argjson n ${#results[@]} -f bench/whole.jq "${results[@]}" >/dev/null 2>&1; then
	for file in "${results[@]}"; do
		jq -e -n --argjson n 1 -f bench/whole.jq "$file" >/dev/null 2>&1 || fail "$file is no result, or damaged"
	done
fi
touch "$out/left-out.tsv"
date=$(find "${results[@]}" -printf '%TY-%Tm-%Td\n' | sort | tail -n 1)
jq -n --arg date "$date" --slurpfile campaign "$out/campaign.json" --slurpfile ceiling "$out/ceiling.json" \
	--rawfile left_out "$out/left-out.tsv" -L bench -f bench/summary.jq "${results[@]}" >"$scratch/summary.json" ||
	fail "the results in $out could not be summed up"

# ---- pictures --------------------------------------------------------------------

titles='throughput: round trips per second
p99: the 99th percentile of the latency
cpu: the server'\''s CPU time per round trip
memory: memory for each connection
ipc: the time of a round trip between two processes
ipc-throughput: how much goes one way between two processes'

# Black on white, or light on dark where the reader likes that better; lines keep
# their colours, which are seen on both.
style='<style>@media (prefers-color-scheme: dark) {
[color="black"] { color: #e6e7e9 } [stroke="black"] { stroke: #e6e7e9 } [fill="black"] { fill: #e6e7e9 }
[color="gray"] { color: #6a7078 } [stroke="gray"] { stroke: #6a7078 }
[color="#FFFFFF"] { color: #17191c } [fill="#ffffff"] { fill: #17191c } [stroke="#FFFFFF"] { stroke: #17191c } }</style>'

label=$(jq -r '"\(.machine.cpu), \(.machine.cores) cores, Linux \(.machine.kernel), \(.date); \(if .rounds == 1 then "one round" else "median, least and most of \(.rounds) rounds" end)"' \
	"$scratch/summary.json")
jq -r -f bench/data.jq "$scratch/summary.json" >"$scratch/data" || fail "the summary has no data to draw"
mkdir "$scratch/svg"
for kind in svg png; do
	(cd "$scratch" && GNUPLOT_LIB=$here gnuplot -c "$here/pictures.gp" "$kind" "$label") 2>"$scratch/gnuplot.txt" ||
		fail "gnuplot failed: $(grep -v '^$' "$scratch/gnuplot.txt" | tail -n 1)"
done
while IFS=: read -r name title; do
	rm -f "$out/$name".{svg,png}
	[ -e "$scratch/$name.svg" ] || continue # nothing to draw
	awk -v title="${title# }, $label" -v style="$style" '
	function text(s) { gsub(/&/, "\\&amp;", s); gsub(/</, "\\&lt;", s); return s }
	/^<title>/ { print "<title>" text(title) "</title>"; print style; next }
	/^<desc>/ { next }
	{ print }' "$scratch/$name.svg" >"$scratch/svg/$name.svg" && mv "$scratch/svg/$name.svg" "$scratch/" || exit 3
	base64 -w 0 "$scratch/$name.svg" | jq -R --arg name "$name" --arg title "${title# }" '{name: $name, title: $title, svg: .}'
done <<<"$titles" | jq -s . >"$scratch/pictures.json"

# ---- the page --------------------------------------------------------------------

cat grader/report/tokens.css bench/page.css >"$scratch/page.css"
jq -r --slurpfile pictures "$scratch/pictures.json" --rawfile css "$scratch/page.css" -L bench -f bench/page.jq \
	"$scratch/summary.json" >"$scratch/index.html" || fail "the page could not be made"
mv "$scratch"/{summary.json,index.html,*.svg,*.png} "$out/" || exit 3
jq -r -L bench 'include "words"; (sentences[] as $s | $s.about, ($s.says[] | "  " + .), ""), verdict' "$out/summary.json"
say "to open it: xdg-open $(printf %q "$out/index.html")"
