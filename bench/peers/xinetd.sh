#!/bin/bash
# SPDX-License-Identifier: MIT
# xinetd.sh - an echo server with a process for each client: xinetd, on a port that is given.
#
# usage: bench/peers/xinetd.sh PORT
#
# Ends at SIGTERM, with status 0. The queue of clients that have not been accepted
# holds 64, as that is built into xinetd; and where the port is taken it stays,
# and listens nowhere.
if [ $# -ne 1 ] || ! [[ $1 =~ ^[1-9][0-9]{0,4}$ ]] || [ "$1" -gt 65535 ]; then
	echo 'usage: xinetd.sh PORT, a number from 1 to 65535' >&2
	exit 2
fi
PATH=$PATH:/usr/sbin:/sbin
# Real files: it closes what it inherits, and puts a file of its own where the
# pid is to be written, whatever was there.
scratch=$(mktemp -d) || exit 3
trap 'rm -rf "$scratch"' EXIT
sed "s/PORT$/$1/" "$(dirname "$0")/xinetd.conf" >"$scratch/conf" || exit 3

setpriv --pdeathsig TERM xinetd -dontfork -f "$scratch/conf" -pidfile "$scratch/pid" -filelog "$scratch/log" &
trap 'kill $!' TERM INT
wait $! # until the signal
trap '' TERM INT
wait $!
status=$?
[ $status -eq 0 ] || cat "$scratch/log" >&2
exit $status
