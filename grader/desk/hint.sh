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
	said '%s is as it came. Read %s, and begin with its first step.\n' "$lab" "$(page "$lab")"
	exit
fi
result=$(result_of "$lab") || exit
failure=$(first_failure "$result")
[ -n "$failure" ] || { said '%s: nothing fails, so there is nothing to hint at.\n' "$lab"; exit; }

field() { jq -r --arg key "$1" '.[$key] // ""' <<<"$failure"; }
check=$(field id)
mistake="$check $(field diagnosis)"
file=$memory/hints/$lab
level=0
[ "$(sed -n 1p "$file" 2>/dev/null)" != "$mistake" ] || level=$(sed -n 2p "$file")
level=$((level < 3 ? level + 1 : 3))
mkdir -p "$memory/hints" && printf '%s\n%d\n' "$mistake" "$level" >"$file"

text() { "$grade" --say "$(field "$1")"; }
bold "$check: $(text title)"
said '\nHint %d of 3\n\n' "$level"
case $level in
1) text hint ;;
2) text message; echo; text explanation ;;
3) "$grade" --explain "$(field diagnosis)" "$lab" | sed 1,3d ;;
esac
echo
[ "$level" -eq 3 ] || dim "$(said '%s again says more.' "make hint LAB=${lab%%-*}")"
[ "$level" -eq 3 ] || echo
