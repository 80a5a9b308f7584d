# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# matrix.sh - submissions, and what the grader should say of them; a suite sources this file.
#
#   verdicts LAB DIR [CHECK...] grade it, by these checks or all: a line for each
#                               that has not passed
#   reasons RESULT CHECK...     why these failed, as RESULT (below) has it
#   labs_of DIR                 the names of the folders in DIR, one for each lab
#   checks_of LAB               the ids of its checks
#   mutants                     the patches of all mutants, in order
#   mutant_is PATCH FIELD       what stands there under Of, Wrong, Fails or Skips
#   mutant_expects PATCH LAB    the lines that verdicts should print
#   make_mutant PATCH DIR       puts the wrong program into DIR, which is empty
#   lab_of SUBMISSION           its lab, from the path of a folder or a patch
#   verdicts_of SUBMISSION      verdicts of a folder, or of the mutant that a patch makes
#   keep_busy                   gives every core something else to do, until the script
#                               ends, or its trap calls rest
#   make_hesitant DIR           puts a grader into DIR that holds programs up at random,
#                               between any two of their calls: grader/inside/hesitate.h
#   together COMMAND            runs COMMAND LINE for every line of stdin, several at
#                               once, and prints what they print in the lines' order
#
# A mutant's format is described in tests/README.md.

grade=${BUILD:-build}/grade
[ -x "$grade" ] || { echo "Bail out! There is no $grade: make all"; exit 1; }
result='' # verdicts also leaves grade's JSON in this file, if it has a name

# "fail CHECK DIAGNOSIS", "skip CHECK" or "error CHECK what went wrong".
verdicts() {
	local lab=$1 dir=$2 json status check options=()
	shift 2
	for check; do
		options+=(-c "$check")
	done
	json=$("$grade" -j 1 -f json -s "$dir" "${options[@]}" "$lab" </dev/null)
	status=$?
	[ -z "$result" ] || printf '%s\n' "$json" >"$result"
	[ $status -le 1 ] || echo "error: grade has ended with status $status"
	jq -r '.labs[].checks[] | select(.status != "pass") | "\(.status) \(.id)" +
		(if .status == "fail" then " \(.diagnosis)"
		 elif .status == "error" then " \(.message)" else "" end)' <<<"$json" | sort
}

reasons() {
	local check file=$1
	shift
	for check; do
		jq -r --arg id "$check" '.labs[].checks[] | select(.id == $id and .got) |
			"\(.id): expected \(.expected)\n\(.id): seen \(.got)"' "$file"
	done
}

labs_of() {
	local dir
	for dir in "$1"/[0-9][0-9]-*/; do
		basename "$dir"
	done
}

checks_of() {
	"$grade" --list "$1" | awk '/^  [a-z]/ { print $1 }'
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

# "the others" are those that have no line under Fails.
mutant_expects() {
	local fails skips
	fails=$(mutant_is "$1" Fails)
	skips=$(mutant_is "$1" Skips)
	[ "$skips" != 'the others' ] ||
		skips=$(checks_of "$2" | grep -vxF -f <(cut -d ' ' -f 1 <<<"$fails"))
	{
		printf 'fail %s\n' "${fails//$'\n'/$'\nfail '}"
		[ -z "$skips" ] || tr -s ' ' '\n' <<<"$skips" | xargs printf 'skip %s\n'
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

lab_of() {
	grep -Eo '[0-9][0-9]-[a-z-]+' <<<"${1#*tests}" | head -n 1
}

verdicts_of() {
	local dir lab
	lab=$(lab_of "$1")
	case $1 in
	*.patch)
		dir=$(mktemp -d -p "${scratch:-${TMPDIR:-/tmp}}") || return
		make_mutant "$1" "$dir" && verdicts "$lab" "$dir"
		rm -rf "$dir"
		;;
	*) verdicts "$lab" "$1" ;;
	esac
}

make_hesitant() {
	export COURSE=$PWD
	cp -r "${grade%/*}"/{grade,agent,common.a,ordered.so} "$1" &&
		"${CC:-gcc}" -std=gnu17 -O2 -g -D_GNU_SOURCE -Igrader -DWITNESS_HESITATES -shared -fPIC \
			-o "$1/witness.so" grader/inside/witness*.c -ldl
}

load=()
keep_busy() {
	local core script=$$
	for ((core = $(nproc); core > 0; core--)); do
		while kill -0 "$script" 2>/dev/null; do
			for ((i = 0; i < 10000; i++)); do :; done
		done &
		load+=($!)
	done
}

rest() {
	[ ${#load[@]} -eq 0 ] || kill "${load[@]}" 2>/dev/null
}

# To grade is to wait, for the kernel more than for a core.
together() {
	PARALLEL_SHELL=$(command -v bash) parallel --will-cite --keep-order --jobs $(($(nproc) * 2)) "$@"
}
