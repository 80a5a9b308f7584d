#!/bin/bash
# SPDX-License-Identifier: MIT
# one.sh - grade one student's submission; the result is there as a whole, or not at all.
#
# usage: grader/class/one.sh OUT ID KEY LAB...
#        grader/class/one.sh --sandbox     is there one? else a line on why not, and status 3
#
# A result that is there is not touched before the new one is complete. Whoever
# strikes this down strikes down grade, and with grade goes all that it started.
# Exit status: 0, whatever the grade; 3 if the grader could not do its job.
cd "$(dirname "$0")/../.." || exit 3
. grader/class/lib.sh
grade=${GRADE:-$grade}
export COURSE=$PWD

if [ "$1" = --sandbox ]; then
	! "$grade" --require-sandbox -s /dev/null 01 2>&1 | grep "^grade: no sandbox" >&2 || exit 3
	exit 0
fi

out=$1 id=$2 key=$3
shift 3
draft=$out/.class/draft.$id
[ -d "$out/results" ] || mkdir -p "$out/.class" "$out/results"
trap 'exit 130' INT TERM HUP

began=${EPOCHREALTIME/[.,]/}
setpriv --pdeathsig KILL "$grade" -j 1 --require-sandbox -f json -s "$out/submitted/$id" "$@" \
	</dev/null >"$draft.json" 2>"$draft.why"
case $? in
0 | 1) state=graded ;;
2) state=refused ;;
*) state=error ;;
esac
milliseconds=$(((${EPOCHREALTIME/[.,]/} - began) / 1000))
why=''
[ "$state" = graded ] || why=$(printable <"$draft.why")
result_line "$id" "$key" "$state" "$why" "$milliseconds" >"$draft.result"
if [ -s "$draft.json" ]; then tail -c +2 "$draft.json"; else echo '"version": 1, "labs": []}'; fi >>"$draft.result" &&
	mv "$draft.result" "$out/results/$id.json" || exit 3
[ "$state" != error ] || exit 3
