#!/bin/bash
# SPDX-License-Identifier: MIT
# class_load.sh - what a class costs: CPU and wall time, the share that is not grading, memory; and what SIGKILL costs.
#
# usage: [LAB=01] tests/class_load.sh [N]          N submissions (default: 30): measure
#        [LAB=01] tests/class_load.sh --strike [N] strike the run down ten times at random, then look
#
# The submissions are 30 in turn, taken evenly from the solution, the alternatives,
# the mutants and the hostile programs of the lab (LAB=all: of each lab), so that
# 300 are ten times the work of 30. CPU time is that of a control group, since what runs in namespaces of
# its own is in nobody's rusage. The share of all that is not grading is measured
# by a second run, in which grade's results are played back.
cd "$(dirname "$0")/.." || exit 3
BUILD=$(realpath "${BUILD:-build}") || exit 3
export BUILD LAB=${LAB:-01} SUBMISSIONS
. tests/matrix.sh
strike=''
[ "${1:-}" != --strike ] || { strike=yes; shift; }
n=${1:-30}
scratch=$(mktemp -d) || exit 3
group=/sys/fs/cgroup/class-load-$$
[ ! -d /sys/fs/cgroup/cpuacct ] || group=/sys/fs/cgroup/cpuacct/class-load-$$
trap 'rmdir "$group" 2>/dev/null; rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM HUP
SUBMISSIONS=$scratch/class

# hand_in LAB: every student's folder of it
hand_in() {
	local pool i lab=$1
	mapfile -t pool < <(
		ls -d "solutions/$lab" "tests/alternatives/$lab"/* "tests/mutants/$lab"/*.patch
		grep -l "^ \* Lab: ${lab%%-*}" tests/hostile/*.c
	)
	for ((i = 0; i < n; i++)); do
		local from=${pool[i % 30 * ${#pool[@]} / 30]} to
		printf -v to '%s/student-%04d/labs/%s' "$SUBMISSIONS" "$i" "$lab"
		mkdir -p "$to"
		case $from in
		*.patch) make_mutant "$from" "$to" ;;
		*.c) sed -e '/^#include "hostile.h"$/{r tests/hostile/hostile.h' -e 'd}' "$from" >"$to/server.c" ;;
		*) cp "$from"/*.c "$to" ;;
		esac >/dev/null
		echo "/* $i */" | tee -a "$to"/*.c >/dev/null
	done
}

cpu_ms() {
	if [ -e "$group/cpuacct.usage" ]; then
		echo $(($(cat "$group/cpuacct.usage") / 1000000))
	else
		awk '$1 == "usage_usec" { print int($2 / 1000) }' "$group/cpu.stat"
	fi
}

# measured OUT: sets $wall and $cpu, in ms, and $peak, in KiB, of the largest process
measured() {
	local began=${EPOCHREALTIME/[.,]/}
	mkdir "$group" 2>/dev/null || { echo 'A control group cannot be made here: run this as root.'; exit 3; }
	OUT=$1 bash -c 'echo $$ >"$0/cgroup.procs" && exec env time -f %M -o "$1" grader/class/class.sh' \
		"$group" "$scratch/peak" >"$scratch/said" 2>&1 || { cat "$scratch/said"; exit 3; }
	wall=$(((${EPOCHREALTIME/[.,]/} - began) / 1000))
	cpu=$(cpu_ms)
	peak=$(tail -n 1 "$scratch/peak")
	rmdir "$group"
}

# compare WHAT FILTER: how many results, as the filter has them, are others the second time
compare() {
	local id differ=()
	while IFS=$'\t' read -r id _; do
		diff <(jq -S "$2" "$scratch/first/results/$id.json") <(jq -S "$2" "$scratch/second/results/$id.json") >"$scratch/change" ||
			{ differ+=("$id") && sed "s/^/$id: /" "$scratch/change" >>"$scratch/changes.$1"; }
	done <"$scratch/first/students.tsv"
	echo "graded twice: ${#differ[@]} of $n $1 differ"
	[ ${#differ[@]} -eq 0 ] || head -n 20 "$scratch/changes.$1"
}

# Plays back what the real one has said.
playback() {
	cat >"$scratch/playback" <<-'END'
		#!/bin/sh
		while [ $# -gt 2 ]; do shift; done
		exec sed '1s/.*/{/' "$PLAYED/${1##*/}.json"
	END
	chmod +x "$scratch/playback"
}

measure() {
	local busy
	measured "$scratch/first"
	busy=$cpu
	printf '%d submissions of lab %s: %d.%d s, %d ms of CPU time each, %d %% of what %d cores can do at best\n' "$n" "$LAB" \
		$((wall / 1000)) $((wall % 1000 / 100)) $((cpu / n)) $((wall * 100 * $(nproc) / cpu)) "$(nproc)"
	playback
	GRADE=$scratch/playback PLAYED=$scratch/first/results measured "$scratch/played"
	printf 'without grading: %d ms of CPU time each, %d.%d %% of the whole; largest process: %d KiB\n' \
		$((cpu / n)) $((cpu * 100 / busy)) $((cpu * 1000 / busy % 10)) "$peak"
	measured "$scratch/second"
	compare verdicts '[.labs[].checks[] | {id, status, diagnosis, points}]'
	# A timeline is made of times.
	compare results 'walk(if type == "object" then del(.seconds, .ms, .timeline) else . end)'
}

# Who had a result when the run was struck down must not be graded after that.
strike() {
	local i pid
	cat >"$scratch/grade" <<-'END'
		#!/bin/bash
		student=${*: -2:1}
		echo "graded ${student##*/}" >>"$LOG"
		exec "$BUILD/grade" "$@"
	END
	chmod +x "$scratch/grade"
	export GRADE=$scratch/grade LOG=$scratch/log OUT=$scratch/out
	for ((i = 0; i < 10; i++)); do
		grader/class/class.sh >>"$scratch/said" 2>&1 &
		pid=$!
		sleep "$((RANDOM % (n / 4 + 1) + 1)).$((RANDOM % 10))"
		kill -KILL $pid
		wait $pid 2>/dev/null
		flock "$OUT/.class/lock" find "$OUT/results" -name "*.json" -printf "has %f\n" | sed "s/\.json$//" >"$scratch/has"
		cat "$scratch/has" >>"$LOG"
		echo "struck down with $(wc -l <"$scratch/has") results"
	done
	grader/class/class.sh >>"$scratch/said" 2>&1 || { tail "$scratch/said"; exit 1; }
	awk '$1 == "has" { has[$2] } $1 == "graded" && $2 in has { print "graded again: " $2; bad = 1 } END { exit bad }' "$LOG" || exit 1
	echo "$(find "$OUT/results" -name '*.json' | wc -l) of $n have results; nobody who had one was graded again;" \
		"$(grep -c ^graded "$LOG") runs of grade"
}

for lab in $(labs_of solutions); do
	case $LAB in
	all | "${lab%%-*}") hand_in "$lab" ;;
	esac
done
if [ "$strike" ]; then strike; else measure; fi
