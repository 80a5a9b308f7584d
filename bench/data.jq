# SPDX-License-Identifier: MIT
# data.jq - what the pictures are drawn of: a block for each line in them, named before it.
#
# usage: jq -r -f data.jq summary.json
#
# idle/MODEL, active/MODEL and open/MODEL have the connections, then round trips per
# second, p99 and CPU per round trip, each as median, least and most; two/MECHANISM and
# same/MECHANISM the bytes, then p50 and throughput likewise; memory/all has a model, then
# three kinds of bytes per connection and their sum. What was not measured is `?`.
def cell: if . == null or . <= 0 then "?" else tostring end;
def three: (. // {} | .median, .min, .max) | cell;
def block($name): if length == 0 then empty else "# \($name)", .[], "", "" end;

def order: ["fork", "thread", "poll", "epoll", "prefork", "pool", "libevent", "libuv", "liburing"];
def drawn: order[:7];
def lines($kind; pick): [.cells[] | select(.bytes == 64) | select(pick)] | sort_by(.connections) as $cells |
	drawn[] as $model | [$cells[] | .connections as $n | .models[$model] | values |
		[($n | tostring), (.round_trips_per_second, .p99_us, .cpu_us_per_round_trip | three)] | join(" ")] |
	block("\($kind)/\($model)");

def rungs($cores): [.ladder[] | select(.cores == $cores)] as $all |
	(reduce $all[].mechanism as $m ([]; if index([$m]) then . else . + [$m] end))[] as $mechanism |
	[$all[] | select(.mechanism == $mechanism)] | sort_by(.bytes) |
	map([(.bytes | tostring), (.p50_us, .throughput_mb_per_second | three)] | join(" ")) |
	block("\($cores)/\($mechanism)");

# Where most of them are idle, and there are as many as may be. What the whole machine
# uses is no measure where there are few.
def memory: ([.cells[] | select(.loop == "closed" and .active == 10 and .connections <= 10000 and (.models | length) > 0)] |
	max_by(.connections)) as $cell | [order[] as $model | ($cell.models[$model] // empty) |
		[$model, (.pss_bytes_per_connection, (.kernel_task_bytes_per_connection, .kernel_socket_bytes_per_connection, .memory_bytes_per_connection |
			select($cell.connections >= 5000) // null) | .median? | cell)] |
		join(" ")] | block("memory/\($cell.connections // 0)");

lines("idle"; .loop == "closed" and .active == 10),
lines("active"; .loop == "closed" and .active == .connections),
lines("open"; .loop == "open5000"),
rungs("two"), rungs("same"), memory
