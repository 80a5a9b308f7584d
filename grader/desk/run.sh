#!/bin/bash
# SPDX-License-Identifier: MIT
# run.sh - build the student's program as the grader does, and run it where it can be talked to.
#
# usage: [LAB=03] grader/desk/run.sh
#        grader/desk/run.sh --build DIR    only build the lab in DIR, for a debugger
cd "$(dirname "$0")/../.." || exit 3
. grader/desk/lib.sh
if [ "${1:-}" = --build ]; then
	lab=$(lab_named "$(basename "$2")") || exit
else
	lab=$(chosen_lab) || exit
fi
out=$PWD/${BUILD:-build}/run/$lab
[ "${BUILD#/}" = "${BUILD:-}" ] || out=$BUILD/run/$lab
mkdir -p "$out" || exit 3
for file in $(files_of "$lab"); do
	# shellcheck disable=SC2086 # the flags are words
	"${CC:-gcc}" $student_flags -pthread -o "$out/${file%.c}" "labs/$lab/$file" "${BUILD:-build}/common.a" || exit 1
done

[ "${1:-}" != --build ] || exit 0

# The first that nobody uses, not even a connection that is closing.
free_port() {
	local port=7007
	while ss -Htan "sport = :$port" | grep -q .; do
		port=$((port + 1))
	done
	echo "$port"
}

cd "$out" || exit 3
case $lab in
06-unix)
	bold "$(said 'The server is at %s. In another terminal:' server.socket)"
	printf '\n\n  nc -U %s/server.socket\n  %s/client %s/server.socket %s/me.socket\n\n' "$out" "$out" "$out" "$out"
	said 'Ctrl-C ends it.\n'
	exec ./server server.socket
	;;
07-shm-fifo)
	mkdir -p meeting
	bold "$(said 'The writer meets its reader in the directory %s. In another terminal:' meeting)"
	printf '\n\n  %s/reader %s/meeting\n\n' "$out" "$out"
	said 'Type lines here; Ctrl-D ends it.\n'
	exec ./writer meeting
	;;
*)
	port=$(free_port)
	bold "$(said 'The server listens on port %d. In another terminal:' "$port")"
	printf '\n\n  nc 127.0.0.1 %d\n' "$port"
	[ ! -e client ] || printf '  %s/client 127.0.0.1 %d\n' "$out" "$port"
	said '\nand type. Ctrl-C ends it.\n'
	exec ./server "$port"
	;;
esac
