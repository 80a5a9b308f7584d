# SPDX-License-Identifier: MIT
# words.jq - what a summary shows, in sentences; report.sh prints them, page.jq has them in its page.
#
#   short      a number as one says it: three digits, thousands apart
#   bytes      with its unit
#   spread     of a median with its least and most
#   sentences  of a summary: [{about, says: [...]}]; what was not measured is not spoken of
#   verdict    of a summary: how many expectations hold
def thousands: tostring | if length <= 3 then . else (.[:-3] | thousands) + "," + .[-3:] end;
def short: if . == null then "?" elif . < 0 then "-" + (-. | short)
	elif . >= 1000 then pow(10; (log10 | floor) - 2) as $unit | ((. / $unit | round) * $unit | round | thousands)
	elif . >= 100 then round | tostring
	elif . >= 10 then . * 10 | round / 10 | tostring
	else . * 100 | round / 100 | tostring end;
def bytes: if . == null then "?" elif . >= 1e9 then "\(. / 1e9 | short) GB" elif . >= 1e6 then "\(. / 1e6 | short) MB" elif . >= 1e3 then "\(. / 1e3 | short) kB" else "\(round) B" end;
def spread: if . == null or .median == null then "?" else "\(.median | short) (\(.min | short) to \(.max | short))" end;
def one_and_other: if length < 2 then join("") else (.[:-1] | join(", ")) + " and " + .[-1] end;
def order: ["bare", "loop", "fork", "thread", "poll", "poll-one-accept", "epoll", "epoll-unix", "prefork", "pool", "libevent", "libevent-poll", "libuv", "liburing", "xinetd"];
def in_order: to_entries | sort_by(.key as $k | order | index([$k]) // 99);

# The cells with so many active, by their connections.
def idle: [.cells[] | select(.loop == "closed" and .bytes == 64 and .active == 10)] | sort_by(.connections);
def active: [.cells[] | select(.loop == "closed" and .bytes == 64 and .active == .connections)] | sort_by(.connections);
def at($name): first(.cells[] | select(.cell == $name)) // null;
# "fork 94 µs, thread 26 µs": of each model that has one.
def each(value; unit): [in_order[] | .key as $k | .value | value | values | "\($k) \(unit)"] | one_and_other;

def poll_to_epoll: .models.poll.cpu_ratio.epoll.median? // null;
def about_poll: [idle[] | {connections, ratio: poll_to_epoll} | select(.ratio)] as $row | . as $all |
	[if ($row | length) == 0 then empty else
		first($row[] | select(.ratio >= 1.5)) as $first |
		"poll's look at all its connections begins to be felt at \($first.connections | short) of them, 10 active: there it takes \($first.ratio | short) times epoll's CPU time for a round trip" +
		([$row[] | select(.connections < $first.connections)] | if length > 0 then ", at \(.[-1].connections | short) it was \(.[-1].ratio | short) times" else "" end) +
		([$row[] | select(.connections > $first.connections)] | if length > 0 then ", at \(.[-1].connections | short) it is \(.[-1].ratio | short) times" else "" end) + "." end,
	(if ($row | length) > 0 and all($row[]; .ratio < 1.5) then
		"Up to \($row[-1].connections | short) connections, 10 active, poll takes at most \([$row[].ratio] | max | short) times epoll's CPU time for a round trip: its look at all of them is not felt yet." else empty end),
	(at("10000-1-64") | values | poll_to_epoll | values |
		"With one active of 10,000 it is \(short) times."),
	($all | active | .[-1] | values | .connections as $n | poll_to_epoll | values |
		"With all \($n | short) active it is \(short) times" + (if . < 1.15 then ": whoever has to go to everybody loses nothing by looking at everybody." else "." end))];

def about_idle: idle | select(length > 1) | .[0] as $few | .[-1] as $many |
	[[("fork", "thread", "prefork", "pool") as $m | ($few.models[$m].cpu_us_per_round_trip.median? // null) as $a |
		($many.models[$m].cpu_us_per_round_trip.median? // null) as $b | select($a and $b and $a > 0) | "\($m) \($b / $a | short)"] |
	if length == 0 then empty else
		"With \($many.connections | short) connections in place of \($few.connections | short), 10 active in both, a round trip takes as many times the CPU time: \(one_and_other)." end];

def about_memory: idle | .[-1] | values | .connections as $n | .models |
	# Of fewer than some thousands it is lost among what else goes on in the machine.
	[(select($n >= 5000) | map_values(.memory_bytes_per_connection.median? | select(. and . > 0)) | select(length > 0) |
		"Of \($n | short) connections each costs memory, the kernel's included: \([in_order[] | "\(.key) \(.value | bytes)"] | one_and_other)." +
		(if .fork and .poll then " So fork needs \(.fork / .poll | short) times what poll does." else "" end)),
	(map_values(.setup_cpu_us_per_connection.median | values) | select(length > 0) |
		"To set one of them up takes the server CPU time: \([in_order[] | "\(.key) \(.value | short) µs"] | one_and_other).")];

def about_crowd: active | .[-1] | values | .connections as $n | .models |
	["With all \($n | short) active, round trips per second: \(each(.round_trips_per_second.median; short)).",
	"There the 99th percentile of the latency is as many times the median: \(each(if .p50_us.median > 0 then .p99_us.median / .p50_us.median else null end; short)). Near 1 all are served alike."];

def ratios_of($model; $to): [.cells[] | select(.loop == "closed").models[$model].cpu_ratio[$to].median? | values] | select(length > 0) |
	"\(min | short) to \(max | short)";
def about_peers: [
	([("epoll", "libuv", "liburing") as $m | ratios_of($m; "libevent") | "\($m) \(.)"] | select(length > 0) |
		"Beside libevent in the same round, CPU time for a round trip: \(one_and_other) times."),
	(ratios_of("poll"; "libevent-poll") | "poll beside libevent that uses poll: \(.) times."),
	(.raw_cpu_us_per_round_trip as $raw | select($raw) | at("1-1-64") | values | .models |
		"Two processes that do nothing else take \($raw | short) µs of CPU time each for a round trip over TCP. With one connection a server takes as many times that: \(each(.cpu_ratio.raw.median; short)).")];

def rung($mechanism; $cores; $bytes): first(.ladder[] | select(.mechanism == $mechanism and .cores == $cores and .bytes == $bytes)) // null;
def compared($a; $b; $cores; $bytes; value): (rung($a; $cores; $bytes) | value? // null) as $x | (rung($b; $cores; $bytes) | value? // null) as $y |
	if $x and $y and $y > 0 then $x / $y else null end;
def about_ipc: [
	(at("100-100-64") | values | .models | [.["epoll-unix"], .epoll | .round_trips_per_second.median? // empty] | select(length == 2) |
		"At 100 connections, all active, epoll makes \(.[0] / .[1] | short) times as many round trips by UNIX sockets as by TCP."),
	(at("1-1-16384") | values | .models | [.["epoll-nagle"], .epoll | .round_trips_per_second.median? // empty] | select(length == 2) |
		"With one connection and messages of 16 KiB, epoll makes \(.[1] | short) round trips per second, and \(.[0] | short) where TCP_NODELAY is not set: there each waits for a delayed acknowledgement (lab 05)."),
	(. as $all | rung("pipe"; "two"; 64) | values | .p50_us.median as $two | $all | rung("pipe"; "same"; 64) | values |
		"64 bytes through a pipe and back take \($two | short) µs between two cores, \(.p50_us.median | short) µs on one" + (if $two > 1.5 * .p50_us.median then ": what costs is to wake up somebody elsewhere." else "." end)),
	(compared("tcp"; "unix-stream"; "two"; 64; .p50_us.median) | values | "TCP takes \(short) times as long for them as a UNIX socket."),
	(compared("shm-fifo"; "pipe"; "two"; 64; .p50_us.median) | values | "Shared memory with FIFOs to take turns takes \(short) times as long as the pipe" + (if . > 0.8 then ": the turns are what costs." else "." end)),
	(compared("pipe"; "shm-spin"; "two"; 64; .p50_us.median) | values | "In shared memory, never sleeping, they are \(short) times as fast as through the pipe, and two cores do nothing else."),
	(compared("unix-stream"; "tcp"; "two"; 1048576; .throughput_mb_per_second.median) | values | "Of 1 MiB messages a UNIX socket carries \(short) times what TCP does.")];

# load was measured by TCP, so only servers by TCP are compared with it.
def about_load: .ceiling as $most | [.cells[] | select(.loop == "closed" and .bytes == 64) | . as $cell | .models | to_entries[] | select(.key | endswith("-unix") | not) |
		{rate: .value.round_trips_per_second.median, name: .key, cell: $cell}] | select(length > 0 and $most.round_trips_per_second > 0) | max_by(.rate) |
	["load, which asks, makes \($most.round_trips_per_second | short) round trips per second itself by TCP, with \($most.connections) connections and the least of servers. The most that a server made here, \(.name) with \(.cell.connections | short) connections, \(.cell.active | short) active, is \(.rate / $most.round_trips_per_second | short) times that" +
		(if .rate > 0.8 * $most.round_trips_per_second then ": such a rate says more of load than of the server. Look at the server's CPU time." else "." end)];

def sentences: [
	{about: "Who looks at everybody", says: about_poll}, {about: "Who has somebody for everybody", says: ([about_idle[]?] + [about_memory[]?])},
	{about: "When all speak at once", says: [about_crowd[]?]}, {about: "Beside what others use", says: about_peers},
	{about: "Between two processes", says: about_ipc},
	{about: "Who asks", says: [about_load[]?]}] | map(select(.says | length > 0));

def verdict: .rounds as $rounds | .expectations as $all |
	def count(f): [$all[] | select(f)] | length;
	count(.holds == true) as $yes | count(.holds == false) as $no | count(.holds == null and .median != null) as $open |
	"\($yes) of \($yes + $no) expectations hold" + (if $open > 0 then "; \($open) cannot be told from luck, more rounds can" else "" end) +
	(if $yes + $no + $open < ($all | length) then "; \(($all | length) - $yes - $no - $open) could not be looked at" else "" end) +
	"." + (if $rounds < 5 then " Five rounds tell luck from cause." else "" end);
