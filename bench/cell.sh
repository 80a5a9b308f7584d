# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# cell.sh - one measurement: start a server, let load have a go at it, end it; bench.sh
# sources this file.
#
#   measure FILE          what $model and the cell's columns say; 0: FILE is there, 1: it is
#                         left out, and $reason says why
#   measure_ceiling       what load itself can do, once
#   leave_out MODEL CELL REASON   told in the report; CELL may be *
#   stop_server           whatever still runs of it
#   program_sum MODEL     of the bytes that are measured; nothing if there are none
#   $server_cores, $load_core   as taskset has them; $server_core_count
#
# shellcheck disable=SC2154 # bench.sh sets what a cell is

# The last core is the generator's. Where there is but one they share it.
cores=$(nproc)
load_core=$((cores - 1)) server_cores=0
# shellcheck disable=SC2034 # bench.sh tells it
server_core_count=$((cores > 1 ? cores - 1 : 1))
[ "$cores" -le 2 ] || server_cores=0-$((cores - 2))

# What is disturbed more than this is measured again, if bench.sh has time for that.
share_max=${SHARE_MAX:-0.05}

# Servers may raise the soft limit themselves; those of students need not.
descriptors=$(ulimit -Hn)
ulimit -Sn "$descriptors"

# Base of a range that no connection takes its own port from, by default.
port=20000

# ---- programs --------------------------------------------------------------------

# Sets command for $model at $port.
set_command() {
	case $model in
	bare | loop | fork | thread | poll | poll-one-accept | epoll-unix | epoll-nagle) command=("$out/programs/$model" "$port") ;;
	xinetd) command=(bench/peers/xinetd.sh "$port") ;;
	libevent-poll) command=(env EVENT_NOEPOLL=1 "$build/bench/libevent" "$port") ;;
	*) command=("$build/bench/$model" "$port") ;;
	esac
}

program_sum() {
	local model=$1 port=0 command
	set_command
	sha1sum "${command[-2]}" 2>/dev/null | cut -c 1-40
}

# ---- what cannot be --------------------------------------------------------------

declare -A left_out=()
leave_out() {
	left_out["$1 $2"]=$3
	printf '%s\t%s\t%s\n' "$1" "$2" "$3" >>"$out/left-out.tsv"
}

# How many processes or threads more there may be.
room_for_tasks() {
	local most limit dir
	most=$(sort -n /proc/sys/kernel/pid_max /proc/sys/kernel/threads-max | head -n 1)
	limit=$(ulimit -u)
	[ "$(id -u)" -eq 0 ] || [ "$limit" = unlimited ] || [ "$limit" -ge "$most" ] || most=$limit
	dir=/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)
	while [ "${dir#/sys/fs/cgroup/}" != "$dir" ]; do
		limit=$(cat "$dir/pids.max" 2>/dev/null)
		[[ ! $limit =~ ^[0-9]+$ ]] || [ "$limit" -ge "$most" ] || most=$limit
		dir=${dir%/*}
	done
	echo $((most - $(cut -d ' ' -f 4 /proc/loadavg | cut -d / -f 2)))
}

# Sets reason if there is nothing to measure.
cannot_be() {
	local room command
	reason=''
	[ "$loop" != ladder ] || return
	set_command
	[ -x "${command[-2]}" ] || reason="there is no ${command[-2]}"
	[ "$model" != bare ] || reason='it answers one message and ends: there is nothing to repeat'
	if [ "$((connections + 100))" -gt "$descriptors" ]; then
		reason="$connections connections need more descriptors than \`ulimit -Hn\` allows, $descriptors"
	fi
	case $model in
	fork | thread)
		room=$(room_for_tasks)
		[ "$connections" -lt "$room" ] ||
			reason="there is room for $room more processes or threads (ulimit -u, pids.max, kernel.pid_max, kernel.threads-max)"
		;;
	esac
	[ "$reason" ]
}

# ---- a server --------------------------------------------------------------------

# One that nobody uses, not even a connection that is closing.
next_port() {
	port=$((port + 1))
	while ss -Htan "sport = :$port" | grep -q .; do
		port=$((port + 1))
	done
}

is_listening() {
	if [ "$model" = epoll-unix ]; then ss -Hlx src "@echo-$port"; else ss -Hltn "sport = :$port"; fi | grep -q .
}

# by_and_by COMMAND: it will be true. The deadline is a backstop, far from what it takes.
by_and_by() {
	local deadline=$((SECONDS + 60 * ${TIMEOUT_FACTOR:-1}))
	until "$@"; do
		[ $SECONDS -lt $deadline ] || return
		sleep 0.01
	done
}

has_ended() { ! kill -0 "$server" 2>/dev/null; }
is_listening_or_ended() { is_listening || has_ended; }

# The head of a process group, which dies with us.
start_server() {
	local command
	next_port
	set_command
	setsid setpriv --pdeathsig KILL taskset -c "$server_cores" "${command[@]}" \
		</dev/null >/dev/null 2>"$out/server.err" 9>&- &
	server=$!
	by_and_by is_listening_or_ended
	! is_listening || return 0
	reason="it did not listen: $(tail -n 1 "$out/server.err")"
	return 1
}

stop_server() {
	[ "${server:-}" ] || return
	kill -TERM "$server" 2>/dev/null
	by_and_by has_ended
	kill -KILL -- "-$server" 2>/dev/null
	wait "$server" 2>/dev/null
	server=''
}

# ---- one result ------------------------------------------------------------------

load_options() {
	options=(-c "$connections" -a "$active" -b "$bytes" --patience 5)
	[ "$model" != epoll-unix ] || options+=(-A unix)
	case $loop in
	closed) options+=(-t "$window") ;;
	churn) options+=(-t "$window" --churn) ;;
	open:*) options+=(-t "$window" -r "${loop#open:}") ;;
	*) die "$plan: there is no loop $loop" ;;
	esac
}

# The deadline is a backstop, far from what load takes.
run_load() {
	local options status
	load_options
	timeout -k 5 $((60 * ${TIMEOUT_FACTOR:-1})) taskset -c "$load_core" "$build/bench/load" "${options[@]}" \
		-s "$server" -f json -o "$1" "$port" 2>"$out/load.err" 9>&-
	status=$?
	[ "$status" -ne 0 ] || return 0
	reason=$(head -n 1 "$out/load.err")
	[ "$status" -ne 124 ] || reason='load came to no end within a minute'
	! has_ended || reason+="; the server has ended: $(tail -n 1 "$out/server.err")"
	return 1
}

measure_once() {
	if [ "$loop" = ladder ]; then
		"$build/bench/ladder" -m "$model" -t "$(awk "BEGIN { print $window / 6 }")" -f json -o "$1" \
			2>"$out/load.err" 9>&- && return
		reason=$(head -n 1 "$out/load.err")
		return 1
	fi
	local status=0
	start_server && run_load "$1" || status=1
	stop_server
	[ "$status" -eq 0 ] || rm -f "$1"
	return "$status"
}

share_of() { jq '.others.share // 0' "$1"; }
is_less() { awk "BEGIN { exit !($1 < $2) }"; }

# Of the attempts the least disturbed one is kept.
measure() {
	local file=$1 draft=$out/draft.json attempt
	reason=${left_out["$model $cell"]:-${left_out["$model *"]:-}}
	[ -z "$reason" ] || return 0 # told before
	if cannot_be; then leave_out "$model" "$cell" "$reason"; return 1; fi
	mkdir -p "${file%/*}"
	rm -f "$out/kept.json"
	for ((attempt = 0; attempt < attempts; attempt++)); do
		rm -f "$draft"
		if ! measure_once "$draft"; then leave_out "$model" "$cell" "$reason"; return 1; fi
		if [ ! -e "$out/kept.json" ] || is_less "$(share_of "$draft")" "$(share_of "$out/kept.json")"; then
			mv "$draft" "$out/kept.json"
		fi
		is_less "$share_max" "$(share_of "$out/kept.json")" || break
	done
	mv "$out/kept.json" "$file"
}

# It has a server of its own, and both need a core. If it was disturbed, it is measured
# again by the next run.
measure_ceiling() {
	if [ ! -e "$out/ceiling.json" ] || is_less "$share_max" "$(share_of "$out/ceiling.json")"; then
		"$build/bench/load" --ceiling -c 100 -t "$window" -f json -o "$out/ceiling.json" 9>&-
	fi
}
