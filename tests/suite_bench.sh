#!/bin/bash
# SPDX-License-Identifier: MIT
# suite_bench.sh - the benchmarks run, see every byte, and write what they should: on tiny sizes.
#
# No test is about speed: a number of round trips says when to end, not a clock.
# All of it happens in a network of its own, where every port is free and
# settings can be changed. Where there are no user namespaces it is the
# machine's own network, and what needs settings is skipped.
#
# shellcheck disable=SC2317 # try() calls the functions by name
cd "$(dirname "$0")/.." || exit 3
if [ -z "${ROOM:-}" ] && unshare --user --map-root-user --net ip link set lo up 2>/dev/null; then
	ROOM=yes exec unshare --user --map-root-user --net "$0" "$@"
fi
. tests/tap.sh
bench=$PWD/${BUILD:-build}/bench
common=$PWD/${BUILD:-build}/common.a
scratch=$(mktemp -d) || exit 3
[ -z "${ROOM:-}" ] || ip link set lo up

server='' port=7000
stop() {
	[ -z "$server" ] || { kill "$server" && wait "$server"; } 2>/dev/null
	server=''
}
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM HUP

listens() {
	ss -Hltn "sport = :$port" | grep -q .
}

# Not even a connection that is closing has it: not all servers say SO_REUSEADDR.
free_port() {
	while ss -Htan "sport = :$port" | grep -q .; do port=$((port + 1)); done
}

# start COMMAND...: a server, whose port is added to its command; it is up then.
# It ends with the test, which try() runs in a subshell.
start() {
	stop
	trap stop EXIT
	free_port
	"$@" "$port" >"$scratch/server" 2>&1 &
	server=$!
	until listens; do
		kill -0 "$server" 2>/dev/null || { cat "$scratch/server"; return 1; }
	done
}

# load ARGS...: measures what start() has started, into $scratch/json.
load() {
	"$bench/load" --server "$server" --format json --output "$scratch/json" "$@" "$port"
}

# told EXPRESSION...: each is true of the JSON.
told() {
	local all
	all=$(printf '(%s), ' "$@")
	jq -e "[${all%, }] | all" "$scratch/json" >/dev/null && return
	echo 'not all are so:'
	printf '%s\n' "$@"
	cat "$scratch/json"
	return 1
}

for lab in 02-loop 03-fork 04-pthread 05-poll; do
	"${CC:-gcc}" -pthread -Icommon -o "$scratch/${lab#*-}" "solutions/$lab/server.c" "$common" || exit 3
done
"${CC:-gcc}" -Icommon -o "$scratch/wrong" tests/bench/wrong.c "$common" || exit 3

# ---- load: what it measures ----

right='.run.wrong_bytes == 0 and .run.lost_connections == 0 and .run.first_fault == null'

# Active and idle ones, messages larger than a server's buffer.
measures() {
	start "$scratch/$1" && load -c 30 -a 10 -b 5000 -n 200 || return
	told "$right" '.version == 1' '.asked.loop == "closed" and .asked.connections == 30' \
		'.setup.connections == 30 and .setup.server_cpu_us_per_connection > 0' \
		'.run.round_trips == 200 and .run.seconds > 0' \
		'.latency_us | 0 < .min and .min <= .p50 and .p50 <= .p99 and .p99 <= .p99_9 and .p99_9 <= .max' \
		'.server.cpu_us_per_round_trip > 0 and .server.pss_bytes_per_connection != null' \
		'.load.busy > 0 and .load.cpu_us_per_round_trip > 0 and .others.share >= 0' \
		".server.processes == $2 and .server.threads == $3"
}

# Others take memory and give it back meanwhile: how much it is cannot be expected.
weighs() {
	start "$scratch/pthread" && load -c 200 -a 1 -n 5 || return
	told "$right" '.server | (.kernel_task_bytes_per_connection | type == "number") and
		(.kernel_socket_bytes_per_connection | . == null or (. > 500 and . < 100000))'
}

# There are not descriptors enough to look what a socket weighs.
weighs_less() {
	(
		ulimit -n 1000 && start "$scratch/poll" && load -c 200 -a 1 -n 5 &&
			told "$right" '.server.kernel_socket_bytes_per_connection == null'
	)
}

sizes() {
	local bytes
	start "$scratch/poll" || return
	for bytes in 1 64K 1M; do
		load -c 2 -b "$bytes" -n 4 && told "$right" '.run.round_trips == 4' || return
	done
}

# Each of the 60 is a connection of its own: the server counts them, after the
# 20 that are held open all through.
churns() {
	start "$scratch/poll" && load -c 25 -a 5 --churn -n 60 || return
	told "$right" '.asked.loop == "churn"' '.setup.connections == 20' '.run.round_trips == 60' || return
	stop
	cat "$scratch/server"
	grep -q '^served 80 clients' "$scratch/server"
}

# Of 400 requests, 300 are due while the server stalls for 0.3 s, though only
# one is under way: a tenth waits for more than 0.25 s. A closed loop has one.
stalls_count() {
	start "$scratch/wrong" stalls && load -r 1000 -n 400 || return
	told "$right" '.asked.loop == "open" and .run.round_trips == 400' '.latency_us.p90 > 200000' \
		'.latency_from_sending_us | .max > 290000' '.latency_from_sending_us.mean < .latency_us.mean'
}

# Most of a million are not even begun in 10 ms, and those are not left out.
late_is_told() {
	start "$scratch/poll" && load -r 100000000 -t 0.01 --warm-up 0 || return
	told "$right" '.run.late > 0 and .run.late + .run.round_trips <= 1000000' \
		'.latency_us.p50 > 4500 and .latency_us.p50 < 5500'
}

has_a_ceiling() {
	"$bench/load" --ceiling -c 4 -n 200 --format json --output "$scratch/json" || return
	told "$right" '.asked.ceiling and .run.round_trips == 200' '.load.cpu_us_per_round_trip > 0'
}

tells_a_person() {
	local text
	start "$scratch/poll" && text=$("$bench/load" -s "$server" -n 10 "$port") || return
	echo "$text"
	grep -q '^latency .*p50 .*p99\.9 ' <<<"$text" && grep -q '^bytes .*every one was right' <<<"$text"
}

# A reader of the file before still has that one: it was replaced, not overwritten.
replaces_its_output() {
	echo old >"$scratch/json" && ln -f "$scratch/json" "$scratch/before" || return
	start "$scratch/poll" && load -n 10 && told "$right" || return
	[ "$(cat "$scratch/before")" = old ] && [ -z "$(find "$scratch" -name 'json.*')" ]
}

try 'load: a process for each client' measures fork 31 31
try 'load: a thread for each client' measures pthread 1 31
try 'load: one thread for all clients' measures poll 1 1
try 'load: from a byte to a mebibyte' sizes
try 'load: what hundreds of connections weigh' weighs
try 'load: ... where descriptors are few' weighs_less
try 'load: connections come and go' churns
try 'load: what a stall delays counts, in an open loop' stalls_count
try 'load: what came too late is told' late_is_told
try 'load: its own ceiling' has_a_ceiling
try 'load: tells a person, too' tells_a_person
try 'load: its output is whole or not there' replaces_its_output

. tests/bench_models.sh

# ---- load: servers that are wrong ----

# finds HOW EXPRESSION SENTENCE: status 1, the first fault in words, and JSON.
finds() {
	local said status
	start "$scratch/wrong" "$1" || return
	said=$(load -c 3 -b 128 -n 60 --patience 0.5 2>&1)
	status=$?
	printf '%s, status %d\n' "$said" "$status"
	told "$2" '.run.first_fault != null' && [ "$status" -eq 1 ] && [[ $said == "load: connection "*$3* ]]
}

bytes='.run.wrong_bytes > 0' lost='.run.lost_connections > 0'
for way in "drops;$bytes;got a wrong byte, number 300: *its byte 301)" \
	"doubles;$bytes;got a wrong byte, number 301: *its byte 300)" \
	"flips;.run.wrong_bytes == 3;got a wrong byte, number 300: " \
	"mixes;$bytes;*byte 300 of connection " \
	"adds;$bytes;got " \
	"holds-back;$lost;has 300 of * back, and nothing comes for 0.5 s" \
	"closes;$lost;was closed by the server after 300 bytes" \
	"resets;$lost;is lost: Connection reset by peer"; do
	IFS=';' read -r how expression sentence <<<"$way"
	try "load: finds out that a server $how" finds "$how" "$expression" "$sentence"
done

one_at_a_time() {
	local said
	start "$scratch/loop" || return
	said=$(load -c 3 -n 5 --patience 0.5 2>&1)
	echo "$said"
	told '.run.lost_connections == 2 and .run.round_trips == 0' && [[ $said == *'wait for another?' ]]
}
try 'load: finds out that a server has one client at a time' one_at_a_time

# ---- load: what it cannot do ----

# refuses STATUS SENTENCE ARGS...: one line, and what was there stays.
refuses() {
	local status=$1 sentence=$2 said seen
	shift 2
	echo old >"$scratch/old"
	said=$("$bench/load" -o "$scratch/old" "$@" 2>&1)
	seen=$?
	printf '%s\nstatus %d\n' "$said" "$seen"
	[ "$seen" -eq "$status" ] && [[ $said == "load: "*$sentence* ]] && [ "$(wc -l <<<"$said")" -eq 1 ] &&
		[ "$(cat "$scratch/old")" = old ] && [ "$(find "$scratch" -name 'old*' | wc -l)" -eq 1 ]
}

nobody_there() {
	free_port
	refuses 3 'nobody listens there' "$port"
}

# The limit is that of try()'s subshell, and of what it starts.
few_descriptors() {
	ulimit -n 100
	refuses 3 'ulimit -Hn 216' -c 200 7000
}
raises_its_limit() {
	start "$scratch/poll" || return
	ulimit -Sn 20
	load -c 50 -n 50 && told "$right"
}

try 'load: nobody is there' nobody_there
try 'load: no such server to be measured' refuses 3 'no such process' -s 4194305 7000
try 'load: too few descriptors, and what to raise' few_descriptors
try 'load: it raises its limit as far as it may' raises_its_limit
bad_usage() {
	refuses 2 'one PORT' && refuses 2 'not a port' 65536 && refuses 2 'one PORT' 1 2 &&
		refuses 2 'not a number from 1 to' -c 0 1 && refuses 2 'not a number of bytes' -b 1G1 1 &&
		refuses 2 'only 5 connections' -c 5 -a 6 1 && refuses 2 'not both' -n 1 -t 1 1 &&
		refuses 2 'not a number from' -t nan 1 && refuses 2 'not an IPv4 address' -A localhost 1 &&
		refuses 2 'text or json' -f xml 1 && refuses 2 'no PORT' --ceiling 1 &&
		refuses 2 'No such file' -o "$scratch/none/x" 1 && refuses 2 'Is a directory' -o "$scratch" 1 &&
		refuses 2 'no --rate' --churn -r 5 1
}
try 'load: bad usage is told in a line' bad_usage

. tests/bench_plan.sh

# ---- what is made of the numbers ----

# computes ANSWER QUESTION: as stats.jq has it
computes() {
	local answer
	answer=$(jq -nc -L bench "include \"stats\"; $2")
	[ "$answer" = "$1" ] || { echo "$2: $answer, not $1"; return 1; }
}
# The intervals are those in tables of the sign test.
intervals() {
	computes '[1,5]' '[range(5)] | sure | [.low + 1, .high + 1]' && computes '[2,9]' '[range(10)] | sure | [.low + 1, .high + 1]' &&
		computes '[4,12]' '[range(15)] | sure | [.low + 1, .high + 1]' && computes '[3,3]' '[3] | sure | [.low, .high]' &&
		computes null '[] | sure' && computes '[18,31]' '[range(50)] | sure | [.low, .high]'
}
judgements() {
	computes true '[1, 1.04, 9, 1, 1] | sure | judged(null; 1.05) | .holds' &&
		computes null '[1, 1.2, 1.3, 1.3, 1.3] | sure | judged(null; 1.05) | .holds' &&
		computes false '[1.1, 1.2, 1.3, 1.3, 1.3] | sure | judged(null; 1.05) | .holds' &&
		computes null '[7, 7, 7, 7, 8] | sure | judged(8; null) | .holds' &&
		computes false '[7, 7, 7, 7, 7.9] | sure | judged(8; null) | .holds' &&
		computes null '{median: null} | judged(1; 2) | .holds'
}
# A median that is beyond tells more than an interval that begins higher, and one that is
# surely beyond more than either.
worst_of() {
	local sure='{low: 1.02, median: 1.03}' open='{low: 0.9, median: 1.2}' beyond='{low: 1.06, median: 1.07}'
	computes 1.03 "[{low: 1, median: 1.04}, $sure] | worst(1.05).median" && computes 1.2 "[$sure, $open] | worst(1.05).median" &&
		computes 1.07 "[$beyond, $sure, $open] | worst(1.05).median" && computes null '[] | worst(1.05)'
}
try 'bench: what is sure of a median' intervals
try 'bench: which of many is the worst' worst_of
try 'bench: an expectation holds, does not, or is open' judgements

# 20 ports are enough for 50 connections, from several addresses.
several_sources() {
	start "$scratch/fork" && load -c 50 -n 50 && told "$right" || return
	grep -o '^client [0-9.]*' "$scratch/server" | sort | uniq -c | tee "$scratch/from"
	[ "$(head -n 50 "$scratch/server" | grep -c '^client 127\.0\.0\.')" -eq 50 ] && grep -q 127.0.0.3 "$scratch/from"
}
no_port_left() {
	start "$scratch/poll" && refuses 3 'ip_local_port_range' -A 10.0.0.1 -c 50 "$port"
}
room='echo 40000 40019 >/proc/sys/net/ipv4/ip_local_port_range && ip address add 10.0.0.1/32 dev lo'
if [ -n "${ROOM:-}" ] && sh -c "$room" 2>/dev/null; then
	try 'load: few ports, so several source addresses' several_sources
	try 'load: no port left, and what to raise' no_port_left
else
	skip 'load: few ports, so several source addresses' 'needs a network namespace'
	skip 'load: no port left, and what to raise' 'needs a network namespace'
fi
finish
