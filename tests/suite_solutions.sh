#!/bin/bash
# SPDX-License-Identifier: MIT
# suite_solutions.sh - solutions get full marks, starters marks for nothing that is still to be done.
#
# shellcheck disable=SC2317 # try() and others call the functions by name
cd "$(dirname "$0")/.." || exit 3
. tests/tap.sh
. tests/matrix.sh

full_marks() {
	local seen
	seen=$(verdicts "$1" "$2")
	echo "$seen"
	[ -z "$seen" ]
}

# What a starter passes, by what it has from the lab before: compiling; in 02
# and 03 arguments, errors of bind(), one message; in 03 all of lab 02's server;
# in 06 the number of arguments.
passes() {
	case $1 in
	01-bare) echo bare.builds ;;
	02-loop) echo loop.builds loop.usage loop.busy-port loop.memory loop.client-refused ;;
	03-fork) echo fork.builds fork.usage fork.busy-port fork.echo fork.memory ;;
	04-pthread) echo pthread.builds pthread.usage pthread.busy-port pthread.echo \
		pthread.two-clients pthread.many pthread.memory ;;
	05-poll) echo poll.builds poll.usage poll.busy-port poll.echo poll.two-clients poll.memory ;;
	06-unix) echo unix.builds unix.usage ;;
	07-shm-fifo) echo shm.builds shm.usage shm.memory ;;
	esac
}

only_that() {
	diff <(passes "$1" | tr ' ' '\n' | sort) \
		<(checks_of "$1" | grep -vxF -f <(verdicts "$1" "labs/$1" | cut -d ' ' -f 2) | sort)
}

for lab in $(labs_of labs); do
	try "solutions/$lab gets full marks" full_marks "$lab" "solutions/$lab"
	try "labs/$lab, the starter, passes just what it can do" only_that "$lab"
done
finish
