#!/bin/bash
# SPDX-License-Identifier: MIT
# watch.sh - grade a lab again whenever one of its files is saved, up to the first failure.
#
# usage: [LAB=03] grader/desk/watch.sh
#        grader/desk/watch.sh --once LAB
#
# It stays with this lab, which is the student's step unless LAB says which.
cd "$(dirname "$0")/../.." || exit 3
. grader/desk/lib.sh

if [ "${1:-}" = --once ]; then
	lab=$2
	"$grade" --stop-at-failure "$lab" || exit
	said 'All of %s is done. %s shows where to go on; this stays with %s.\n' "$lab" 'make next' "$lab"
	exit
fi

keep_starters
lab=$(chosen_lab) || exit
# -r: a file that is saved while the last one is being graded begins anew.
options=(-r)
[ ! -t 1 ] || options+=(-c)
tty -s || options+=(-n)
for file in $(files_of "$lab"); do
	echo "labs/$lab/$file"
done | entr "${options[@]}" grader/desk/watch.sh --once "$lab"
