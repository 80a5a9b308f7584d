# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# bench_models.sh - the further models, the peers and the ladder; suite_bench.sh sources this file.
#
# shellcheck disable=SC2154 # bench, scratch, server and the like are the suite's
# shellcheck disable=SC2317 # try() calls the functions by name
. tests/matrix.sh

# ---- models and peers: servers as the labs' are ----

# echoes COMMAND...: some clients active and some idle; a mebibyte, which no socket
# takes in one piece; one client after another. Then it ends as it should.
echoes() {
	local status
	start "$@" && load -c 30 -a 10 -b 5000 -n 200 && told "$right" '.run.round_trips == 200' &&
		load -c 3 -b 1M -n 6 && told "$right" '.run.round_trips == 6' &&
		load -c 2 -a 2 --churn -n 30 && told "$right" '.run.round_trips == 30' || return
	kill "$server"
	wait "$server"
	status=$?
	echo "status $status"
	[ $status -eq 0 ]
}

refuses_to_start() {
	local args status
	for args in '' x 0 65536 '7000 8000'; do
		# shellcheck disable=SC2086 # words
		"$1" $args >"$scratch/said" 2>&1
		status=$?
		echo "with '$args': status $status, $(cat "$scratch/said")"
		[ $status -eq 2 ] && grep -q '^usage: ' "$scratch/said" || return
	done
}

port_is_taken() {
	local status
	start "$bench/epoll" || return
	"$1" "$port" >"$scratch/said" 2>&1
	status=$?
	echo "status $status, $(cat "$scratch/said")"
	[ $status -eq 1 ] && grep -Eqi '(bind|listen).*: address already in use' "$scratch/said"
}

# EVENT_NOEPOLL is what a comparison with poll() rests on.
uses_poll() {
	start env EVENT_NOEPOLL=1 "$bench/libevent" && load -c 3 -n 10 && told "$right" || return
	find "/proc/$server/fd" -lname '*eventpoll*' | tee "$scratch/said"
	[ ! -s "$scratch/said" ]
}

# Containers may forbid it, and kernels before 6.1 have not all of it.
ring=''
(start "$bench/liburing") >/dev/null 2>&1 && ring=yes
for model in epoll prefork pool libevent libuv liburing; do
	if [ $model = liburing ] && [ -z "$ring" ]; then
		skip "bench: $model echoes" 'needs io_uring'
		continue
	fi
	try "bench: $model echoes" echoes "$bench/$model"
	try "bench: $model says what is wrong with a port" refuses_to_start "$bench/$model"
	try "bench: $model says that its port is taken" port_is_taken "$bench/$model"
done
try 'bench: libevent echoes without epoll, if it is told so' uses_poll
if PATH=$PATH:/usr/sbin:/sbin command -v xinetd >/dev/null; then
	try 'bench: xinetd echoes' echoes bench/peers/xinetd.sh
else
	skip 'bench: xinetd echoes' 'xinetd is not installed'
fi
try 'bench: xinetd.sh says what is wrong with a port' refuses_to_start bench/peers/xinetd.sh

# children MOST: there are no more of them, by and by.
children() {
	local n deadline=$((SECONDS + 60 * ${TIMEOUT_FACTOR:-1}))
	while n=$(pgrep -c -P "$server") && [ "$n" -gt "$1" ]; do
		[ $SECONDS -lt $deadline ] || { echo "$n children, $1 at most wanted"; return 1; }
	done
}

# 64 children may be idle: of 100 that had a client the others end.
grows_and_shrinks() {
	start "$bench/prefork" && load -c 100 -n 100 && told "$right" '.server.processes > 100' && children 64
}

# Children that stayed would keep the port for good.
dies_altogether() {
	local deadline=$((SECONDS + 60 * ${TIMEOUT_FACTOR:-1}))
	start "$bench/prefork" && load -c 3 -n 10 || return
	kill -KILL "$server"
	while listens; do
		[ $SECONDS -lt $deadline ] || { echo "$port is still taken"; return 1; }
	done
}
try 'bench: prefork has more processes for more clients, and fewer again' grows_and_shrinks
try 'bench: no child of prefork outlives it' dies_altogether

# passes MODEL LAB [CHECK...]: all checks of the lab, but for these, and for what asks
# memcheck, which takes longer than all the others.
passes() {
	local model=$1 lab=$2 checks seen
	shift 2
	mkdir -p "$scratch/$model" && cp "bench/models/$model.c" "$scratch/$model/server.c" || return
	mapfile -t checks < <(checks_of "$lab" | grep -vxF -f <(printf '%s\n' "$@") | grep -v '\.memory$')
	seen=$(verdicts "$lab" "$scratch/$model" "${checks[@]}")
	echo "$seen"
	[ ${#checks[@]} -gt 0 ] && [ -z "$seen" ]
}
try 'bench: epoll is a solution of lab 05' passes epoll 05-poll
try 'bench: pool is one of lab 04, but that it has no thread for each client' passes pool 04-pthread \
	pthread.{threads,own-socket,descriptors,create-fails,race}
try 'bench: prefork is one of lab 03, but that its processes go on to the next client' passes prefork 03-fork \
	fork.{reaps,reaps-burst,interrupted,aborted,child-closes,child-ends,fork-fails,log}

# ---- ladder ----

ladder() {
	"$bench/ladder" -f json -o "$scratch/json" "$@"
}

every_rung() {
	ladder -n 5 -b 1 -b 5000 || return
	told '.version == 1' \
		'[.ladder[].mechanism] | unique | . - ["shm-spin"] == ["fifo", "pipe", "shm-fifo",
			"shm-fifo-in-place", "shm-futex", "tcp", "unix-dgram", "unix-seqpacket", "unix-stream"]' \
		'all(.left_out[]; .mechanism == "shm-spin" or .cores == "two")' \
		'[.ladder[] | select(.cores == "same")] | length == 18' \
		'all(.ladder[]; .round_trips == 5 and .messages == 4 and .cpu_us_per_round_trip > 0 and
			.throughput_mb_per_second > 0 and (.latency_us | 0 < .min and .min <= .p50 and
			.p50 <= .p90 and .p90 <= .p99 and .p99 <= .max))'
}

# A mebibyte goes through in pieces, or in one, or there is a reason why not.
large_ones() {
	ladder -n 2 -b 1M --cores same && told '(.ladder + .left_out) | length == 10' \
		'all(.left_out[]; .reason != "" and (.mechanism | test("dgram|seqpacket|spin")))'
}

ladder_refuses() {
	local status=$1 sentence=$2 said seen
	shift 2
	said=$("$@" 2>&1)
	seen=$?
	printf '%s\nstatus %d\n' "$said" "$seen"
	[ "$seen" -eq "$status" ] && [[ $said == *$sentence* ]] && [ "$(wc -l <<<"$said")" -eq 1 ]
}

ladder_bad_usage() {
	ladder_refuses 2 'there is none' "$bench/ladder" -m rope &&
		ladder_refuses 2 'not a number of bytes' "$bench/ladder" -b 0 &&
		ladder_refuses 2 'not a number from 2' "$bench/ladder" -n 1 &&
		ladder_refuses 2 'not both' "$bench/ladder" -n 2 -t 1 &&
		ladder_refuses 2 'same or two' "$bench/ladder" --cores three &&
		ladder_refuses 2 'No such file' "$bench/ladder" -o "$scratch/none/x" &&
		ladder_refuses 2 'only options' "$bench/ladder" pipe
}

one_core() {
	ladder_refuses 3 'one core only' taskset -c "$(first_core)" "$bench/ladder" --cores two -n 2 &&
		taskset -c "$(first_core)" "$bench/ladder" -m pipe -b 1 -n 2 -f json -o "$scratch/json" &&
		told '.ladder[0].cores == "same" and .left_out[0].cores == "two"'
}
first_core() {
	taskset -cp $$ | sed 's/.*: \([0-9]*\).*/\1/'
}

try 'ladder: every rung' every_rung
try 'ladder: a mebibyte' large_ones
try 'ladder: bad usage is told in a line' ladder_bad_usage
try 'ladder: one core is not two' one_core
