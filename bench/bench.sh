#!/bin/bash
# SPDX-License-Identifier: MIT
# bench.sh - measure how each server scales, round by round, and draw what was measured.
#
# usage: [QUICK=1] [MODELS='fork poll'] [FROM=DIR] [ROUNDS=5] [MINUTES=20] [OUT=DIR] bench/bench.sh
#
#   QUICK    1: one round of the cells that say most, in less than a minute
#   MODELS   only these servers
#   FROM     where the labs' servers are: labs, solutions (default, if there), or a checkout
#   ROUNDS   how often everything is measured
#   MINUTES  measuring ends then; the same command goes on where it ended
#   OUT      where the results go, default build/bench/results (or quick), with -labs behind
#            it for FROM=labs
#   PLAN     another table than bench/plan.txt
#   SEED     another order
#   WINDOW   seconds that each measurement takes
#   SHARE_MAX  of the machine's time that others may take, 0.05: above, it is measured again
#
# Theory of operation
#
# plan.awk turns the table plan.txt into a list of what is to be measured, in its
# order: round after round, in a round cell after cell, and within a cell the
# servers in turn, so that they share good and bad times. A result is a file,
# OUT/round-N/CELL/MODEL.json, which cell.sh puts there in one piece. What has its
# file is not measured again: so this may be struck down at any moment, and the
# same command does the rest. A server that has changed since has its results
# removed first; a folder that came about in another way is refused, since what is
# compared must have been measured alike. All that follows, report.sh makes anew
# each time, of the results that are there.
#
# Exit status: 0 there is a report, 2 bad usage, 3 it could not be measured.
cd "$(dirname "$0")/.." || exit 3
export LC_ALL=C.UTF-8
build=$(realpath -m "${BUILD:-build}")
shopt -s nullglob

say() { printf 'bench: %s\n' "$*" >&2; }
die() { say "$*"; exit 2; }
fail() { say "$*"; exit 3; }
. bench/cell.sh

# ---- what is asked for -----------------------------------------------------------

quick='' rounds=5 minutes=20 window=0.5 attempts=3
case ${QUICK:-} in
'' | 0) ;;
1) quick=1 rounds=1 window=0.2 attempts=1 ;;
*) die "QUICK=$QUICK: 1, or not set" ;;
esac
number() { [[ $2 =~ ^[1-9][0-9]{0,3}$ ]] || die "$1=$2: not a number from 1 to 9999"; }
rounds=${ROUNDS:-$rounds} minutes=${MINUTES:-$minutes} window=${WINDOW:-$window} seed=${SEED:-1}
number ROUNDS "$rounds"
number MINUTES "$minutes"
number SEED "$seed"
[[ $window =~ ^[0-9]+(\.[0-9]+)?$ ]] || die "WINDOW=$window: not a number of seconds"

plan=${PLAN:-bench/plan.txt}
[ -r "$plan" ] || die "PLAN=$plan: no file that can be read"
mapfile -t known < <(awk -v names=1 -f bench/plan.awk "$plan")
for model in ${MODELS:-}; do
	[[ " ${known[*]} " == *" $model "* ]] || die "there is no server $model; there are: ${known[*]}"
done

from=${FROM:-solutions}
[ -n "${FROM:-}" ] || [ -d solutions ] || from=labs
[ -d "$from" ] || die "FROM=$from: no directory"
out=$build/bench/${quick:+quick}
[ "$quick" ] || out=${out}results
[ "$from" = solutions ] || out+=-$(basename "$(realpath "$from")")
out=$(realpath -m "${OUT:-$out}")
mkdir -p "$out/programs" || exit 3
exec 9>"$out/lock"
flock -n 9 || fail "another make bench is at work in $out"

# ---- the servers -----------------------------------------------------------------

forget() { rm -f "$out"/round-*/*/"$1.json"; }

# compile MODEL FILE [PATCH]: like the grader, but with -O2 and -z now, as everything else
# here is built, the peers included: without -z now each child of a fork() looks up again
# each function that it calls. What a compiler says is kept, and the reason for that server
# to be left out.
compile() {
	local model=$1 file=$2 program=$out/programs/$1 draft=$out/programs/$1.c said=$out/programs/$1.txt
	[[ " ${MODELS:-${known[*]}} " == *" $model "* ]] || return
	reason=''
	if [ ! -e "$file" ]; then
		reason="there is no $file"
	elif ! patch -s -f -F 0 -r - -o "$draft.new" "$file" "${3:-/dev/null}" >"$said" 2>&1; then
		reason="$file is not what $3 changes"
	elif cmp -s "$draft.new" "$draft" && [ "$program" -nt "$build/common.a" ]; then
		return # as it was
	elif mv "$draft.new" "$draft" && rm -f "$program" &&
		! "${CC:-gcc}" -std=gnu17 -O2 -Wl,-z,now -Icommon -pthread -o "$program" "$draft" "$build/common.a" 2>"$said"; then
		reason="$file does not compile: see $said"
	fi
	[ "$reason" ] || return
	say "$model: $reason"
	leave_out "$model" '*' "$reason"
	rm -f "$program"
	forget "$model"
}
server_of() {
	local file=$from/$1/server.c
	[ -e "$file" ] || [ ! -d "$from/labs" ] || file=$from/labs/$1/server.c
	printf '%s' "$file"
}

: >"$out/left-out.tsv" || exit 3
compile bare "$(server_of 01-bare)"
compile loop "$(server_of 02-loop)"
compile fork "$(server_of 03-fork)"
compile thread "$(server_of 04-pthread)"
compile poll "$(server_of 05-poll)"
compile poll-one-accept "$(server_of 05-poll)" bench/variants/poll-one-accept.patch
compile epoll-unix bench/models/epoll.c bench/variants/epoll-unix.patch
compile epoll-nagle bench/models/epoll.c bench/variants/epoll-nagle.patch

# ---- one campaign ----------------------------------------------------------------

# As long as these hold, results may stand beside each other.
campaign() {
	jq -n --arg cpu "$(sed -n 's/^model name[\t ]*: //p' /proc/cpuinfo | head -n 1)" --arg cores "$(nproc)" \
		--arg kernel "$(uname -r)" --arg os "$(sed -n 's/^PRETTY_NAME="\(.*\)"$/\1/p' /etc/os-release)" \
		--arg memory "$(awk '/^MemTotal/ { printf "%.0f", $2 * 1024 }' /proc/meminfo)" \
		--arg compiler "$("${CC:-gcc}" --version | head -n 1)" --arg servers "$server_cores" --arg load "$load_core" \
		--arg window "$window" --arg from "$from" --arg quick "$quick" --arg count "$server_core_count" \
		'{machine: {cpu: (if $cpu == "" then "unknown CPU" else $cpu end), cores: ($cores | tonumber),
			memory_bytes: ($memory | tonumber), kernel: $kernel, os: $os},
		settings: {window_seconds: ($window | tonumber), from: $from, quick: ($quick != ""), compiler: $compiler,
			server_cores: $servers, server_core_count: ($count | tonumber), load_core: $load}}'
}

check_campaign() {
	local file=$out/campaign.json
	campaign >"$out/campaign.now" || exit 3
	if [ -e "$file" ]; then
		cmp -s "$out/campaign.now" "$file" ||
			die "$out was measured otherwise (diff it with campaign.now): remove it, or choose another OUT"
	else
		mv "$out/campaign.now" "$file"
	fi
	rm -f "$out/campaign.now"
}

# A server is told by its bytes. What was measured of other bytes is no result of this one.
forget_changed() {
	local model sum old
	touch "$out/programs.txt"
	for model in "${known[@]}" load ladder; do
		sum=$(program_sum "$model")
		old=$(awk -v model="$model" '$1 == model { print $2 }' "$out/programs.txt")
		[ "$sum" ] || continue
		case $model:$old in
		*:"$sum") continue ;;
		load: | ladder:) ;;
		load:* | ladder:*) die "$out was measured by another $model: remove it, or choose another OUT" ;;
		*:?*) say "$model has changed since it was measured: it is measured again" ;;
		esac
		forget "$model"
		{ grep -v "^$model " "$out/programs.txt"; echo "$model $sum"; } >"$out/programs.new"
		mv "$out/programs.new" "$out/programs.txt"
	done
}

are_whole() { [ $# -eq 0 ] || jq -e -n --argjson n $# -f bench/whole.jq "$@" >/dev/null 2>&1; }

# All at once; only if that fails, one by one.
forget_damaged() {
	local file
	set -- "$out"/round-*/*/*.json
	are_whole "$@" && return
	for file; do
		are_whole "$file" && continue
		say "${file#"$out"/} is damaged: it is measured again"
		rm -f "$file"
	done
}

check_campaign
forget_changed
forget_damaged

# ---- the rounds ------------------------------------------------------------------

due() {
	local round cell model rest
	awk -v rounds="$rounds" -v quick="$quick" -v chosen="${MODELS:-}" -v seed="$seed" -v window="$window" \
		-f bench/plan.awk "$plan" | while read -r round cell model rest; do
		[ -e "$out/round-$round/$cell/$model.json" ] || echo "$round $cell $model $rest"
	done
}

on_terminal=''
[ ! -t 2 ] || [ "${TERM:-dumb}" = dumb ] || on_terminal=yes
show() { [ -z "$on_terminal" ] || printf '\r\e[K%s' "$*" >&2; }

began=${EPOCHREALTIME/[.,]/}
took() { echo $(((${EPOCHREALTIME/[.,]/} - began) / 1000)); }

# What the plan guesses, times how wrong it was so far; all in milliseconds.
time_left() {
	local left=$((all - done))
	[ "$done" -lt 10000 ] || left=$((left * $(took) / done))
	if [ "$left" -lt 90000 ]; then echo "$((left / 1000)) s"; else echo "$((left / 60000 + 1)) min"; fi
}

mapfile -t list < <(due)
all=0 done=0 told=''
for line in "${list[@]}"; do
	read -r _ _ _ guess _ <<<"$line"
	all=$((all + guess))
done
if [ ${#list[@]} -eq 0 ]; then say 'nothing is left to be measured'; else say "${#list[@]} measurements, about $(time_left)"; fi
trap 'stop_server; show; say "stopped; the same command goes on"; exit 3' INT TERM HUP
measure_ceiling || fail 'load could not measure itself'
for i in "${!list[@]}"; do
	read -r round cell model guess connections active bytes loop <<<"${list[i]}"
	if [ "$(took)" -ge $((minutes * 60000)) ]; then
		show
		say "$minutes minutes are over; the same command measures what is missing, $((${#list[@]} - i)) of ${#list[@]}"
		break
	fi
	line="round $round of $rounds, $cell"
	[ "$on_terminal" ] || [ "$line" = "$told" ] || say "$line; $(time_left) left"
	told=$line
	show "$line, $model: $i of ${#list[@]}, $(time_left) left "
	measure "$out/round-$round/$cell/$model.json" || { show; say "$cell, $model: $reason"; }
	done=$((done + guess))
done
show
exec bench/report.sh "$out"
