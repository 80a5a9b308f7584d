# SPDX-License-Identifier: MIT
# summary.jq - a campaign's results as one: medians, spreads, ratios, and what was to be expected.
#
# usage: jq -L bench -n --arg date D --slurpfile campaign F --slurpfile ceiling F --rawfile left_out F -f summary.jq RESULT...
#
# A RESULT is .../round-N/CELL/MODEL.json. A ratio is taken within each round, where
# both had the same good or bad time, and then its median over the rounds.

include "stats";

# What of a result goes on.
def measures: {
	round_trips_per_second: .run.round_trips_per_second,
	p50_us: .latency_us.p50, p99_us: .latency_us.p99, p99_9_us: .latency_us.p99_9, max_us: .latency_us.max,
	late: .run.late,
	cpu_us_per_round_trip: .server.cpu_us_per_round_trip,
	server_busy: (if .server and .run.seconds > 0 then .server.cpu_seconds / .run.seconds else null end),
	processes: .server.processes, threads: .server.threads,
	setup_cpu_us_per_connection: .setup.server_cpu_us_per_connection,
	connections_per_second: .setup.connections_per_second,
	memory_bytes_per_connection: (.server | [.pss_bytes_per_connection, .kernel_task_bytes_per_connection, .kernel_socket_bytes_per_connection] | if all then add else null end),
	pss_bytes_per_connection: .server.pss_bytes_per_connection,
	kernel_task_bytes_per_connection: .server.kernel_task_bytes_per_connection,
	kernel_socket_bytes_per_connection: .server.kernel_socket_bytes_per_connection,
	load_busy: .load.busy, others_share: .others.share};

# Of one measure over all rounds.
def over($rounds): . as $name | [$rounds[][$name]] | stats;

# What keeps it from more, in the median; $cores are the server's.
def limit($cores): if .loop | startswith("open") then null
	elif .load_busy.median > 0.9 then "load"
	elif .server_busy.median > 0.9 * $cores then "server"
	else "waiting" end;

[inputs | (input_filename | capture("round-(?<round>[0-9]+)/(?<cell>[^/]+)/(?<model>[^/]+)[.]json$")) + {result: .}] as $results |
$campaign[0] as $campaign | $campaign.settings.server_core_count as $cores |

# {cell: {model: {round: measures}}}
(reduce ($results[] | select(.cell != "ladder")) as $r ({}; .[$r.cell][$r.model][$r.round] = ($r.result | measures))) as $by |

# Of $a to $b, round by round.
def ratios($cell; $a; $b; $measure): [($by[$cell][$a] // {}) | to_entries[] |
	.value[$measure] as $x | ($by[$cell][$b][.key][$measure] // null) as $y |
	if $x == null or $y == null or $y == 0 then empty else $x / $y end];

([$results[] | select(.cell == "ladder").result.ladder[]] | group_by([.mechanism, .cores, .bytes]) | map({
	mechanism: .[0].mechanism, cores: .[0].cores, bytes: .[0].bytes, rounds: length,
	p50_us: (map(.latency_us.p50) | stats), p99_us: (map(.latency_us.p99) | stats),
	cpu_us_per_round_trip: (map(.cpu_us_per_round_trip) | stats),
	throughput_mb_per_second: (map(.throughput_mb_per_second) | stats)})) as $ladder |
def rung($mechanism; $cores; $bytes; $measure):
	first($ladder[] | select(.mechanism == $mechanism and .cores == $cores and .bytes == $bytes)[$measure].median) // null;

# One side's half of a round trip that does nothing else.
(rung("tcp"; "two"; 64; "cpu_us_per_round_trip") | if . then . / 2 else null end) as $raw |

def asked: capture("^(?<connections>[0-9]+)-(?<active>[0-9]+)-(?<bytes>[0-9]+)(-(?<loop>.*))?$") |
	map_values(if . != null and test("^[0-9]+$") then tonumber else . end) | .loop |= (. // "closed");
def model($cell; $name): ($cell | asked.loop) as $loop | [$by[$cell][$name][]] as $rounds |
	($rounds[0] | with_entries(.value = (.key | over($rounds)))) +
	{rounds: ($rounds | length), disturbed: ([$rounds[] | select(.others_share > 0.05)] | length), loop: $loop} |
	.limit = limit($cores) | del(.loop) |
	.cpu_ratio = ([("epoll", "libevent", "libevent-poll", "libuv") as $peer | {key: $peer, value: (ratios($cell; $name; $peer; "cpu_us_per_round_trip") | stats)}] |
		from_entries | .raw = (if $raw then [$rounds[].cpu_us_per_round_trip | numbers / $raw] | stats else null end));

# ---- what is known, and has to come out again

def expect($claim; $least; $most; value): {claim: $claim, at_least: $least, at_most: $most} + ((value | if type == "array" then sure else . end) //
	{median: null, min: null, max: null, low: null, high: null}) | judged($least; $most);
def cpu($cell; $a; $b): ratios($cell; $a; $b; "cpu_us_per_round_trip");
def worst($a; $b; $most): [$by | keys[] | select(asked.loop == "closed") | {cell: .} + (cpu(.; $a; $b) | sure // empty)] | worst($most);
def expect_everywhere($a; $b; $most): expect("\($a) to \($b), where it is worst: server CPU per round trip"; null; $most; worst($a; $b; $most));
def rungs($a; $b; $cores; $bytes): [[$results[] | select(.cell == "ladder")] | group_by(.round)[] |
	[.[].result.ladder[] | select(.cores == $cores and .bytes == $bytes) | {key: .mechanism, value: .latency_us.p50}] | from_entries |
	if .[$a] and .[$b] then .[$a] / .[$b] else empty end];
[
	(("100-100-64", "1000-10-64", "10000-10-64") as $cell | ($cell | asked) as $asked |
		expect("poll to libevent with poll, \($asked.connections) connections, \($asked.active) active: server CPU per round trip"; null; 1.05; cpu($cell; "poll"; "libevent-poll"))),
	expect("poll that accepts one client at a time to poll, 10000 connections: server CPU to set one up"; 8; null;
		ratios("10000-10-64"; "poll-one-accept"; "poll"; "setup_cpu_us_per_connection")),
	expect_everywhere("epoll"; "libevent"; 1.05),
	expect_everywhere("epoll"; "libuv"; 1),
	expect("fork to xinetd: server CPU per connection that comes and goes"; null; 0.4; cpu("10-10-64-churn"; "fork"; "xinetd")),
	expect("poll, 10000 connections: memory of its own for each, bytes"; null; 1024; [$by["10000-10-64"].poll[]?.pss_bytes_per_connection]),
	(("two", "same") as $on | expect("shared memory with FIFOs to a pipe, 64 bytes, on \({two: "two cores", same: "the same core"}[$on]): time of a round trip"; null; 1.15; rungs("shm-fifo"; "pipe"; $on; 64))),
	expect("poll to epoll, 10000 connections, 1 active: server CPU per round trip"; 100; null; cpu("10000-1-64"; "poll"; "epoll")),
	expect("poll to epoll, 10000 connections, 10 active: server CPU per round trip"; 15; null; cpu("10000-10-64"; "poll"; "epoll")),
	expect("poll to epoll, 10000 connections, all active: server CPU per round trip"; 0.85; 1.15; cpu("10000-10000-64"; "poll"; "epoll")),
	expect("UNIX sockets to TCP, epoll with 100 connections, all active: round trips per second"; 1.8; null; ratios("100-100-64"; "epoll-unix"; "epoll"; "round_trips_per_second")),
	expect("TCP to UNIX sockets, 1 MiB, on two cores: time of a round trip"; null; 1.2; rungs("tcp"; "unix-stream"; "two"; 1048576)),
	expect("epoll to epoll with Nagle's algorithm, one connection, 16 KiB: round trips per second"; 10; null; ratios("1-1-16384"; "epoll"; "epoll-nagle"; "round_trips_per_second"))
] as $expectations |

{version: 1, date: $date, machine: ($campaign.machine | .kernel |= sub("-.*"; "")), settings: $campaign.settings,
	rounds: ([$results[].round | tonumber] | max // 0), raw_cpu_us_per_round_trip: $raw, ceiling: ($ceiling[0] | {connections: .asked.connections, round_trips_per_second: (.run.round_trips_per_second | rounded),
		load_busy: (.load.busy | rounded), others_share: (.others.share | rounded)}),
	cells: [$by | to_entries | sort_by(.key | asked | [.loop, .connections, .active, .bytes])[] |
		.key as $cell | {cell: $cell} + ($cell | asked) + {models: (.value | keys | map({key: ., value: model($cell; .)}) | from_entries)}],
	ladder: $ladder, expectations: $expectations,
	left_out: [$left_out | split("\n")[] | select(. != "") | split("\t") | {model: .[0], cell: .[1], reason: .[2]}]}
