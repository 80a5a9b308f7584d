#!/bin/bash
# SPDX-License-Identifier: MIT
# results.sh - a campaign's results, made up: what a report is made of, with known medians.
#
# usage: tests/bench/results.sh DIR
#
# Three rounds, with the numbers of the tables below, a tenth more, and a tenth
# less: so a median is the table's own, and a ratio within a round as well.
dir=${1:?usage: results.sh DIR}
mkdir -p "$dir" || exit 3

jq -n '{machine: {cpu: "Example CPU <1>", cores: 2, memory_bytes: 8589934592, kernel: "6.1.0", os: "Example OS"},
	settings: {window_seconds: 0.6, from: "solutions", quick: false, compiler: "gcc", server_cores: "0",
		server_core_count: 1, load_core: "1"}}' >"$dir/campaign.json"
printf 'fork\t5000-10-64\tthere is room for 300 more processes\n' >"$dir/left-out.tsv"
jq -n '{version: 1, asked: {connections: 100}, run: {round_trips_per_second: 250000}, load: {busy: 0.9}, others: {share: 0}}' >"$dir/ceiling.json"

# Each line on stdin is a file's name, a tab, and what is in it.
write_files() {
	local file text
	while IFS=$'\t' read -r file text; do
		mkdir -p "$dir/${file%/*}" && printf '%s\n' "$text" >"$dir/$file" || exit 3
	done
}

# cell            model      rate   cpu   p50  p99 setup memory
# shellcheck disable=SC2016 # the words are jq's
loads='inputs | split(" +"; null) as [$cell, $model, $rate, $cpu, $p50, $p99, $setup, $memory] |
	{"1": 1, "2": 1.1, "3": 0.9} | to_entries[] | .key as $round | .value as $f |
	def n: tonumber * $f;
	"round-\($round)/\($cell)/\($model).json\t" + ({version: 1,
	setup: {seconds: 0.1, connections_per_second: (20000 / $f), server_cpu_us_per_connection: ($setup | n)},
	run: {seconds: 1, round_trips: 1000, round_trips_per_second: (($rate | tonumber) / $f), late: 0, wrong_bytes: 0, lost_connections: 0},
	latency_us: {min: 1, mean: ($p50 | n), p50: ($p50 | n), p90: ($p99 | n), p99: ($p99 | n), p99_9: ($p99 | 2 * n), max: ($p99 | 3 * n)},
	server: {cpu_seconds: (($rate | tonumber) * ($cpu | tonumber) / 1e6), cpu_us_per_round_trip: ($cpu | n), processes: 1, threads: 1,
		pss_bytes_per_connection: (($memory | tonumber) / 10), kernel_task_bytes_per_connection: (($memory | tonumber) * 0.9 - 2000),
		kernel_socket_bytes_per_connection: 2000},
	load: {cpu_seconds: 0.5, busy: 0.5}, others: {cpu_seconds: 0, share: (if $round == "3" then 0.07 else 0.01 end)}} | tojson)'
jq -n -R -r "$loads" <<'TABLE' | write_files
10-10-64          fork     120000   6.4    80   150    94 127000
10-10-64          poll     180000   3.6    50    80    36   2900
10-10-64          epoll    180000   3.6    50    80     9   2900
100-10-64         fork     120000   6.3    80   150    94 127000
100-10-64         poll     170000   4.1    55    85    36   2900
100-10-64         epoll    180000   3.6    50    80     9   2900
100-100-64        fork     150000   6.6   700  4000    94 127000
100-100-64        poll     250000   3.7   400   500    36   2900
100-100-64        epoll    250000   3.8   400   500     9   2900
100-100-64        epoll-unix 600000 1.6 160   250     9   2900
100-100-64        libevent 260000   3.5   390   490    11   3900
100-100-64        libevent-poll 250000 3.7 400  500    40   3900
1000-10-64        fork     120000   6.2    80   150    94 127000
1000-10-64        poll     120000   6.8    80   120    36   2900
1000-10-64        epoll    180000   3.7    50    80     9   2900
1000-10-64        libevent 190000   3.6    49    79    11   3900
5000-10-64        poll      25000  40      400  600    36   2900
5000-10-64        epoll    180000   3.6    50    80     9   2900
10000-1-64        poll        300 2993    3300 3500    36   2900
10000-1-64        epoll     50000   6       20   40     9   2900
10000-10-64       fork     120000   6.2    80   150    94 127000
10000-10-64       poll      11000  86      900 1100    36   2900
10000-10-64       epoll    180000   3.6    50    80     9   2900
10000-10000-64    poll     200000   4.2 50000 90000    36   2900
10000-10000-64    epoll    200000   4.1 50000 55000     9   2900
1000-10-64-open5000 fork     5000   9       40   90    94 127000
1000-10-64-open5000 poll     5000  12       60  110    36   2900
1000-10-64-open5000 epoll    5000   8       30   60     9   2900
10-10-64-churn    fork       9000  94      900 2000    94 127000
10-10-64-churn    xinetd     2000 400     4000 9000   400 127000
1-1-64            fork      60000   5.8    15    30    94 127000
1-1-64            poll      60000   6.3    15    30    36   2900
1-1-64            epoll     60000   6.4    15    30     9   2900
TABLE

# mechanism       bytes cores    p50 mb
# shellcheck disable=SC2016
rungs='[inputs | split(" +"; null) as [$mechanism, $bytes, $cores, $p50, $mb] |
	{"1": 1, "2": 1.1, "3": 0.9} | to_entries[] | .key as $round | .value as $f |
	{$round, $mechanism, bytes: ($bytes | tonumber), $cores,
		latency_us: (($p50 | tonumber * $f) | {p50: ., p90: (1.5 * .), p99: (2 * .)}),
		cpu_us_per_round_trip: ($p50 | tonumber / 2), round_trips: 1000, throughput_mb_per_second: (($mb | tonumber) / $f)}] |
	group_by([.round, .mechanism])[] |
	"round-\(.[0].round)/ladder/\(.[0].mechanism).json\t" + ({version: 1, ladder: map(del(.round))} | tojson)'
jq -n -R -r "$rungs" <<'TABLE' | write_files
pipe             1    two    8.6      1
pipe             64   two    8.6     20
pipe             64   same   2.5     60
pipe             4096 two   10.8    900
pipe          1048576 two  713     2000
tcp              1    two   14.0      1
tcp              64   two   14.0     15
tcp              64   same   6.1     30
tcp              4096 two   14.6    800
tcp           1048576 two  258     4000
unix-stream      1    two    8.6      1
unix-stream      64   two    8.6     20
unix-stream      64   same   3.8     50
unix-stream      4096 two    9.6   1000
unix-stream   1048576 two  252     4400
shm-fifo         1    two    8.6      1
shm-fifo         64   two    8.6     20
shm-fifo         64   same   2.5     60
shm-fifo         4096 two   10.2    900
shm-fifo      1048576 two  336     3000
shm-spin         1    two    0.4     10
shm-spin         64   two    0.49   200
shm-spin         4096 two    2.3   3000
shm-spin      1048576 two  262     5000
TABLE
