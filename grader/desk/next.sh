#!/bin/bash
# SPDX-License-Identifier: MIT
# next.sh - the staircase of labs, the points so far, and what to do next.
#
# usage: grader/desk/next.sh
#
# A lab whose files are as they came is not graded; the others are if they have
# changed since the last time.
cd "$(dirname "$0")/../.." || exit 3
. grader/desk/lib.sh
keep_starters
here=$(current_lab) || exit

stair() {
	local lab=$1 points most bar
	if ! is_begun "$lab"; then
		printf '  %-13s %s\n' "$lab" "$(dim "$(said 'not begun')")"
		return
	fi
	read -r points most < <(points_of "$lab") || return
	printf -v bar '%*s' $((points * 20 / most)) ''
	printf '  %-13s %-20s ' "$lab" "${bar// /#}"
	said '%3d of %d\n' "$points" "$most"
}

what_to_do() {
	local lab=$1 result failure
	if ! is_begun "$lab"; then
		said 'Read %s, and begin with its first step.\n' "$(page "$lab")"
		return
	fi
	result=$(result_of "$lab") || exit
	failure=$(first_failure "$result")
	if [ -z "$failure" ]; then
		said 'All labs are done. Look at how the models compare: read the handouts again.\n'
		return
	fi
	field() { jq -r --arg key "$1" '.[$key] // ""' <<<"$failure"; }
	at=$(field handout)
	said 'Next, in %s: %s, for %d points\n' "$lab" "$(field id)" "$(field max_points)"
	printf '  %s\n\n' "$("$grade" --say "$(field title)")"
	said '  %s   what was done, expected and seen\n' "make check LAB=${lab%%-*} CHECK=$(field id)"
	said '  %s   a question, then more\n' "make hint LAB=${lab%%-*}"
	said '  %s   where it is taught\n' "$(page "$lab")${at#"labs/$lab/README.md"}"
}

echo
for lab in $(labs); do
	[ "$lab" = "$here" ] && printf '%s' '>' || printf ' '
	stair "$lab"
done
echo
what_to_do "$here"
