# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# matrix.sh - submissions, and what the grader should say of them; a suite sources this file.
#
#   verdicts LAB DIR            grade it: a line for each check that has not passed
#   reasons RESULT CHECK...     why these failed, as RESULT (below) has it
#   mutants                     the patches of all mutants, in order
#   mutant_is PATCH FIELD       what stands there under Of, Wrong, Fails or Skips
#   mutant_expects PATCH LAB    the lines that verdicts should print
#   make_mutant PATCH DIR       puts the wrong program into DIR, which is empty
#   together JOBS COMMAND       runs COMMAND LINE for every line of stdin, several at
#                               once, and prints what they print in the lines' order
#
# A mutant's format is described in tests/README.md.

grade=${BUILD:-build}/grade
result= # verdicts also leaves grade's JSON in this file, if it has a name

# "fail CHECK DIAGNOSIS", "skip CHECK", "error CHECK what went wrong".
verdict_lines='.labs[].checks[] | select(.status != "pass") | "\(.status) \(.id)" +
	(if .status == "fail" then " \(.diagnosis)" elif .status == "error" then " \(.message)"
	 else "" end)'

verdicts() {
	local json status
	json=$("$grade" -j 1 -f json -s "$2" "$1" </dev/null)
	status=$?
	[ -z "$result" ] || printf '%s\n' "$json" >"$result"
	[ $status -le 1 ] || echo "error: grade has ended with status $status"
	jq -r "$verdict_lines" <<<"$json" | sort
}

reasons() {
	local check file=$1
	shift
	for check; do
		jq -r --arg id "$check" '.labs[].checks[] | select(.id == $id and .got) |
			"\(.id): expected \(.expected)\n\(.id): seen \(.got)"' "$file"
	done
}

mutants() {
	printf '%s\n' tests/mutants/*/*.patch
}

# The head ends where the patch begins; an indented line goes on from the one
# before it.
mutant_is() {
	awk -v field="$2:" '
		/^--- / { exit }
		/^[^ \t]/ { on = $1 == field; sub(/^[^ ]* */, "") }
		on { sub(/^[ \t]+/, ""); print }' "$1"
}

checks_of() {
	"$grade" --list "$1" | awk '/^  [a-z]/ { print $1 }'
}

# "the others" are those that have no line under Fails.
mutant_expects() {
	local fails skips
	fails=$(mutant_is "$1" Fails)
	skips=$(mutant_is "$1" Skips)
	[ "$skips" != 'the others' ] ||
		skips=$(checks_of "$2" | grep -vxF -f <(cut -d ' ' -f 1 <<<"$fails"))
	{
		sed 's/^/fail /' <<<"$fails"
		[ -z "$skips" ] || tr -s ' ' '\n' <<<"$skips" | sed 's/^/skip /'
	} | sort
}

make_mutant() {
	local of
	of=$(mutant_is "$1" Of)
	cp "$of"/*.c "$2" || return
	patch -s -d "$2" -p1 --no-backup-if-mismatch <"$1" || {
		echo "it no longer applies to $of"
		return 1
	}
}

together() {
	parallel --will-cite --keep-order --jobs "$1" "$2"
}
