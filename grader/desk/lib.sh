# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# lib.sh - what the scripts of the student's desk share; they source this file, from the
# course's own directory.
#
#   lab_named LAB         "3", "03" or "03-fork" to its name; dies with a line otherwise
#   labs                  the names of all
#   files_of LAB          its .c files as they are named in labs/LAB
#   is_begun LAB          has any of them been changed?
#   result_of LAB         the file with its result as JSON: kept from the last time, or
#                         graded now if anything has changed since
#   current_lab           the student's step: the first that is begun and not done, else the
#                         first that is not begun
#   $student_flags        what a student's program is compiled with
#   say, die TEXT...      a line on stderr; with exit status 2
#   said FORMAT ARG...    a sentence in the reader's language, by printf
#   page LAB              its handout in that language
#   bold, dim TEXT        for a terminal, unless NO_COLOR is set
#
# What the desk remembers stands in .desk/, which git ignores: results, how far the
# hints went, and the starters as they came.

grade=$(realpath -m "${BUILD:-build}")/grade
# As grader/run.c has them; a test compares.
# shellcheck disable=SC2034 # those who source this use it
student_flags='-std=gnu17 -Wall -Wextra -g -O1 -Icommon'
memory=.desk

say() { printf '%s\n' "$*" >&2; }
die() { say "$*"; exit 2; }

# shellcheck disable=SC2059 # the translation of a format
said() {
	local format
	format=$("$grade" --say "$1" 2>/dev/null) || format=$1 # not built yet
	shift
	printf "$format" "$@"
}

page() { printf 'labs/%s/%s' "$1" "$(said README.md)"; }

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
	bold() { printf '\033[1m%s\033[0m' "$*"; }
	dim() { printf '\033[2m%s\033[0m' "$*"; }
else
	bold() { printf '%s' "$*"; }
	dim() { printf '%s' "$*"; }
fi

labs() {
	local dir
	for dir in labs/[0-9][0-9]-*/; do
		basename "$dir"
	done
}

lab_named() {
	local name
	for name in $(labs); do
		case $1 in
		"$name" | "${name%%-*}" | "${name#0}") echo "$name"; return ;;
		esac
		[ "0$1" != "${name%%-*}" ] || { echo "$name"; return; }
	done
	die "$(said 'There is no lab %s; there are: %s' "$1" "$(labs | paste -sd ' ')")"
}

files_of() {
	awk -v lab="labs/$1/" 'index($2, lab) == 1 { print substr($2, length(lab) + 1) }' grader/desk/starters
}

starter_id() {
	awk -v path="labs/$1/$2" '$2 == path { print $1 }' grader/desk/starters
}

# As `git hash-object` names it, with git or without.
id_of() {
	{ printf 'blob %d\0' "$(wc -c <"$1")"; cat "$1"; } | sha1sum | cut -d ' ' -f 1
}

is_starter() {
	[ -e "labs/$1/$2" ] && [ "$(id_of "labs/$1/$2")" = "$(starter_id "$1" "$2")" ]
}

is_begun() {
	local file
	for file in $(files_of "$1"); do
		is_starter "$1" "$file" || return 0
	done
	return 1
}

# While they are still as they came: reset may need them when there is no git.
keep_starters() {
	local lab file
	for lab in $(labs); do
		for file in $(files_of "$lab"); do
			if [ ! -e "$memory/starters/$lab/$file" ] && is_starter "$lab" "$file"; then
				mkdir -p "$memory/starters/$lab"
				cp "labs/$lab/$file" "$memory/starters/$lab/$file"
			fi
		done
	done
}

# Of all that a result depends on.
state_of() {
	{ for file in $(files_of "$1"); do
		sha1sum "labs/$1/$file" 2>/dev/null || echo "no $file"
	done
	sha1sum "$grade"; } | sha1sum | cut -d ' ' -f 1
}

result_of() {
	local kept=$memory/results/$1.json state status draft
	state=$(state_of "$1")
	if [ ! -e "$kept" ] || [ "$(head -n 1 "$kept.state" 2>/dev/null)" != "$state" ]; then
		mkdir -p "$memory/results"
		draft=$(mktemp "$kept.XXXXXX") || exit 3
		"$grade" -f json "$1" >"$draft"
		status=$?
		[ $status -le 1 ] || { rm -f "$draft"; exit $status; }
		mv "$draft" "$kept" && printf '%s\n' "$state" >"$kept.state"
	fi
	printf '%s\n' "$kept"
}

points_of() {
	jq -r '.labs[0] | "\(.points) \(.max_points)"' "$(result_of "$1")"
}

is_done() {
	local points most
	read -r points most < <(points_of "$1") && [ "$points" -eq "$most" ]
}

current_lab() {
	local lab fresh=''
	for lab in $(labs); do
		if ! is_begun "$lab"; then
			: "${fresh:=$lab}"
		elif ! is_done "$lab"; then
			echo "$lab"
			return
		fi
	done
	echo "${fresh:-$(labs | tail -n 1)}"
}

# The first check of a result that has failed: an object, or nothing.
first_failure() {
	jq -c 'first(.labs[0].checks[] | select(.status == "fail" or .status == "error"))' "$1"
}

chosen_lab() {
	if [ -n "${LAB:-}" ]; then lab_named "$LAB"; else current_lab; fi
}
