# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# bench_plan.sh - what suite_bench.sh asks of make bench itself: its plan, its results, its report.
#
# Numbers come from made-up results, whose medians are known; that a campaign runs, goes on
# where it ended and gives a report is tried with one of the tiniest size. No test looks at
# how fast anything was.
#
# shellcheck disable=SC2154,SC2317 # $scratch is the suite's; try() calls the functions by name

# refused STATUS PATTERN COMMAND...: ends so, with one line that says why.
refused() {
	local status=$1 pattern=$2
	shift 2
	"$@" >"$scratch/said" 2>&1
	[ $? -eq "$status" ] && [ "$(wc -l <"$scratch/said")" -eq 1 ] && grep -q -- "$pattern" "$scratch/said" && return
	cat "$scratch/said"
	return 1
}
made="$scratch/made, it's"
made() { tests/bench/results.sh "$made" && bench/report.sh "$made"; }
summary() {
	jq -e "$1" "$made/summary.json" >/dev/null && return
	jq -c "$2" "$made/summary.json"
	return 1
}

# ---- a report ----------------------------------------------------------------------

try 'of made-up results comes a report' made
try 'a median is that of the rounds, with the least and the most' summary \
	'.rounds == 3 and (.cells[] | select(.cell == "10000-10-64").models.poll | .rounds == 3 and
		.cpu_us_per_round_trip == {median: 86, min: 77.4, max: 94.6} and .p99_us.median == 1100)' '.cells[].cell'
try 'a ratio is taken within each round' summary \
	'.cells[] | select(.cell == "10000-10-64").models.poll.cpu_ratio.epoll | .median == 23.89 and .min == .max' \
	'.cells[] | select(.cell == "10000-10-64").models.poll.cpu_ratio'
try 'what was disturbed is marked' summary 'all(.cells[].models[]; .disturbed == 1)' '[.cells[].models[].disturbed]'
try 'cells and bytes stand in their order' summary \
	'([.cells[] | select(.loop == "closed" and .active == 10).connections] | . == sort and length == 5) and
		any(.ladder[]; .mechanism == "pipe" and .bytes == 1048576 and .p50_us.median == 713)' '[.cells[].cell]'
# holds CLAIM WHETHER
holds() { summary "[.expectations[] | select(.claim | startswith(\"$1\")).holds] == [$2]" '.expectations[]'; }
try 'an expectation that holds' holds 'poll to epoll, 10000 connections, 1 active' true
try 'the cell is named for which an expectation is worst' summary \
	'[.expectations[] | select(.claim | startswith("epoll to libevent")).cell] == ["100-100-64"]' '.expectations[]'
try '... one that does not' holds 'epoll to libevent' false
try '... and one that was not measured' holds 'epoll to libuv' null
try 'what was left out is told, and why' summary \
	'.left_out == [{model: "fork", cell: "5000-10-64", reason: "there is room for 300 more processes"}]' .left_out

says() { grep -qF -- "$1" "$scratch/text" || { cat "$scratch/text"; return 1; }; }
text_of_page() { xmllint --xpath 'string(/html/body)' "$made/index.html" >"$scratch/text"; }
try 'the page is well-formed' text_of_page
try '... says where poll begins to cost' says 'begins to be felt at 1,000 of them, 10 active: there it takes 1.84 times'
try '... what a process for each costs' says 'fork needs 43.8 times what poll does'
try '... how many expectations hold' says '10 of 11 expectations hold; 5 could not be looked at.'
try '... how near load itself was' says 'libevent with 100 connections, 100 active, is 1.04 times that: such a rate says more of load'
try '... and shows what is no HTML as it is' says 'Example CPU <1>'
picture() {
	xmllint --noout "$made/$1.svg" && [ "$(head -c 4 "$made/$1.png" | tail -c 3)" = PNG ] &&
		grep -q 'Example CPU .*2 cores, Linux 6.1.0, [0-9-]*; median' "$made/$1.svg"
}
pictures() {
	local name
	for name in throughput p99 cpu memory ipc ipc-throughput; do
		picture "$name" || { echo "$name"; return 1; }
	done
}
try 'pictures are well-formed and name the machine, the date and what was taken' pictures
# Each has its own dashes or mark: without colours they are told apart.
told_apart() {
	local lines
	lines=$(sed -n "s/^set style line [0-9] .*\(dt .*\) ps.*/\1/p" bench/pictures.gp)
	[ "$(wc -l <<<"$lines")" -eq 9 ] && [ "$(sort -u <<<"$lines" | wc -l)" -eq 9 ]
}
try '... and their lines differ without colours' told_apart

refuses_damage() {
	cp "$made/round-2/1-1-64/poll.json" "$scratch/kept.json"
	printf '%s' "$1" >"$made/round-2/1-1-64/poll.json"
	refused 3 'round-2/1-1-64/poll.json is no result, or damaged' bench/report.sh "$made"
	local status=$?
	cp "$scratch/kept.json" "$made/round-2/1-1-64/poll.json"
	return "$status"
}
try 'refused: a result that is cut off' refuses_damage '{"version": 1, "run"'
try 'refused: an empty one' refuses_damage ''
try 'refused: JSON that is no result' refuses_damage '{"version": 1}'
mkdir "$scratch/nothing"
try 'refused: a folder without results' refused 3 'nothing was measured' bench/report.sh "$scratch/nothing"
try 'refused: no folder' refused 2 usage bench/report.sh "$scratch/none"

# ---- what is asked for -----------------------------------------------------------------

try 'refused: a server that there is not' refused 2 'no server appache; there are: fork thread' env MODELS='poll appache' bench/bench.sh
try 'refused: no number of rounds' refused 2 'ROUNDS=0' env ROUNDS=0 bench/bench.sh
try 'refused: QUICK=yes' refused 2 'QUICK=yes' env QUICK=yes bench/bench.sh
try 'refused: sources that are not there' refused 2 'FROM=/none' env FROM=/none bench/bench.sh
order() { awk -v rounds=1 -v seed="$1" -v window=1 -v chosen="${2:-}" -f bench/plan.awk bench/plan.txt; }
shuffled() {
	[ "$(order 1)" = "$(order 1)" ] && [ "$(order 1)" != "$(order 2)" ] && [ "$(order 1 | sort)" = "$(order 2 | sort)" ]
}
try 'a seed gives an order, another seed another order of the same' shuffled
chosen() { [ "$(order 1 'fork poll' | awk '$2 != "ladder" { print $3 }' | sort -u | paste -sd ' ')" = 'fork poll' ]; }
try 'only the servers that were asked for' chosen

# ---- a campaign of the tiniest size ----------------------------------------------------

campaign=$scratch/campaign sources=$scratch/sources
printf '%s\n' 'always 2 1 16 closed poll epoll epoll-nagle epoll-unix bare' 'always 1 1 16 churn poll' 'ladder pipe' >"$scratch/plan.txt"
mkdir -p "$sources"/{01-bare,05-poll} && cp solutions/01-bare/server.c "$sources/01-bare/" || exit 3
# A server with this change in it; others need not be quiet here: nothing is measured again.
bench_tiny() {
	patch -s -o "$sources/05-poll/server.c" solutions/05-poll/server.c "${1:-/dev/null}" || return
	env PLAN="$scratch/plan.txt" OUT="$campaign" FROM="$sources" WINDOW=0.05 ROUNDS=1 SHARE_MAX="${share:-2}" \
		bench/bench.sh >"$scratch/said" 2>&1 && return
	local status=$?
	cat "$scratch/said"
	return "$status"
}
results() { (cd "$campaign" && find round-* -name '*.json' | sort | paste -sd ' '); }
poll_and_others='round-1/1-1-16-churn/poll.json round-1/2-1-16/epoll-nagle.json round-1/2-1-16/epoll-unix.json round-1/2-1-16/epoll.json round-1/2-1-16/poll.json round-1/ladder/pipe.json'
runs() {
	bench_tiny && [ "$(results)" = "$poll_and_others" ] &&
		jq -e '.run.wrong_bytes == 0 and .run.round_trips > 0 and .server.processes == 1' "$campaign"/round-1/*/poll.json >/dev/null &&
		xmllint --noout "$campaign/index.html" "$campaign"/*.svg && return
	results
	cat "$scratch/said"
	return 1
}
try 'a campaign runs to its report' runs
left_out() { jq -e '[.left_out[] | .model, .cell, .reason] == ["bare", "2-1-16", $why]' --arg why "$1" "$campaign/summary.json"; }
by_unix() { jq -e '.asked.address == "unix" and .run.round_trips > 0' "$campaign/round-1/2-1-16/epoll-unix.json"; }
try '... also by AF_UNIX' by_unix
try '... and leaves out what cannot be, with the reason' left_out 'it answers one message and ends: there is nothing to repeat'
no_server_left() { ! pgrep -f "^$campaign/programs/" && ! pgrep -f "^$bench/epoll 2"; }
try '... and no server of it is left' no_server_left

# All results but those of that name, with their times.
others() { (cd "$campaign" && find round-* -name '*.json' ! -name "$1.json" -printf '%p %T@\n' | sort); }
goes_on() {
	local before
	before=$(others poll)
	rm "$campaign/round-1/2-1-16/poll.json" && echo '{' >"$campaign/round-1/1-1-16-churn/poll.json" && bench_tiny &&
		grep -q 'round-1/1-1-16-churn/poll.json is damaged: it is measured again' "$scratch/said" &&
		[ "$(others poll)" = "$before" ] && [ "$(results)" = "$poll_and_others" ] && jq -e .run "$campaign"/round-1/*/poll.json >/dev/null
}
try 'the same command measures what is missing or damaged, and nothing else' goes_on
other_window() { refused 2 'was measured otherwise' env PLAN="$scratch/plan.txt" OUT="$campaign" FROM="$sources" WINDOW=0.06 bench/bench.sh; }
try 'refused: to go on with another window' other_window
wrong_bytes() {
	local before
	before=$(others poll)
	bench_tiny tests/mutants/05-poll/seven-bits.patch && [ "$(others poll)" = "$before" ] &&
		[ "$(jq -r '[.left_out[] | select(.model == "poll").cell] | join(" ")' "$campaign/summary.json")" = '2-1-16 1-1-16-churn' ] &&
		grep -q 'poll has changed since it was measured: it is measured again' "$scratch/said" && ! results | grep -q /poll
}
try 'one that has changed is measured again; what gets bytes wrong has no result' wrong_bytes
not_compiled() {
	bench_tiny tests/mutants/05-poll/misspelt-member.patch &&
		jq -e 'any(.left_out[]; .model == "poll" and .cell == "*" and (.reason | contains("does not compile")))' "$campaign/summary.json" >/dev/null
}
try 'one that does not compile is left out' not_compiled
again_at_most_twice() {
	rm "$campaign/round-1/2-1-16/epoll.json" && share=-1 MODELS=epoll bench_tiny && [ -e "$campaign/round-1/2-1-16/epoll.json" ]
}
try 'what is disturbed again and again is kept in the end' again_at_most_twice
