#!/bin/bash
# SPDX-License-Identifier: MIT
# hint.sh - the next hint for the first check that fails: from a question to nearly the answer.
#
# usage: [LAB=03] grader/desk/hint.sh
#
# It remembers how far it went for this mistake. After the third the third comes
# again; another mistake begins with its first.
cd "$(dirname "$0")/../.." || exit 3
. grader/desk/lib.sh
keep_starters
lab=$(chosen_lab) || exit
if ! is_begun "$lab"; then
	echo "$lab is as it came. Read labs/$lab/README.md, and begin with its first step."
	exit
fi
result=$(result_of "$lab") || exit
failure=$(first_failure "$result")
[ -n "$failure" ] || { echo "$lab: nothing fails, so there is nothing to hint at."; exit; }

field() { jq -r --arg key "$1" '.[$key] // ""' <<<"$failure"; }
check=$(field id)
mistake="$check $(field diagnosis)"
file=$memory/hints/$lab
level=0
[ "$(sed -n 1p "$file" 2>/dev/null)" != "$mistake" ] || level=$(sed -n 2p "$file")
level=$((level < 3 ? level + 1 : 3))
mkdir -p "$memory/hints" && printf '%s\n%d\n' "$mistake" "$level" >"$file"

bold "$check: $(field title)"
printf '\nHint %d of 3\n\n' "$level"
case $level in
1) field hint ;;
2) field message; echo; field explanation | fmt -w 78 ;;
3) "$grade" --explain "$(field diagnosis)" "$lab" | sed 1,3d ;;
esac
echo
[ "$level" -eq 3 ] || dim "make hint LAB=${lab%%-*} again says more."
[ "$level" -eq 3 ] || echo
