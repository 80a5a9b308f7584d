#!/bin/bash
# SPDX-License-Identifier: MIT
# class.sh - grade all submissions of a class, and make of it what the instructor needs.
#
# usage: SUBMISSIONS=DIR [LAB=all] [OUT=DIR] grader/class/class.sh
#
#   SUBMISSIONS  a folder or an archive (zip, tar, tar.gz) for each student, named as
#                GitHub Classroom, Moodle, Canvas or Gradescope hand them out
#   LAB          03, 03-fork, several of them, or all
#   OUT          where the results go, default: beside SUBMISSIONS
#   POLICY       what counts how: grader/policy.ini explains it; results do not depend on it
#   TIMES        who handed in when, for POLICY: lines NAME,TIME, see times.sh
#   JOBS         submissions at once, default: twice as many as cores, since checks wait
#   HOSTS        a file with a line for each host to grade on, as parallel --sshloginfile has it
#   ENGINE       slurm: a job array of a cluster that has this directory and OUT, too
#
# Theory of operation
#
# What was handed in is copied first (collect.sh), only the labs' own files. A
# result is good for its key: a digest of these files, of the labs, and of the
# grader. Whoever has no result with his key is due, and so is one with whom the
# grader failed. parallel runs one.sh for these; all that follows is made anew
# each time, of the results that are there. So this may be struck down at any
# moment: what is there is complete, and the same command does the rest.
#
# The lock is held by every process below. A new run waits for the last of an old
# one, which die with their parents.
#
# Exit status: 0 all are graded or refused, 2 bad usage, 3 the grader could not do
# its job for somebody, or not at all.
cd "$(dirname "$0")/../.." || exit 3
. grader/desk/lib.sh
. grader/class/lib.sh
. grader/class/names.sh
. grader/class/engines.sh
. grader/class/times.sh
export LC_ALL=C.UTF-8 COURSE=$PWD
unset LANGUAGE
umask 077
shopt -s nullglob
fail() { say "$*"; exit 3; } # die() has 2, for what was asked

# ---- what is asked for -----------------------------------------------------------

[ -n "${SUBMISSIONS:-}" ] || die 'Where are the submissions? make class SUBMISSIONS=DIR'
ls "$SUBMISSIONS/" >/dev/null 2>&1 || die "$SUBMISSIONS: no directory that can be read"
submissions=$(realpath "$SUBMISSIONS")
chosen=()
for lab in ${LAB:-all}; do
	if [ "$lab" = all ]; then mapfile -t -O ${#chosen[@]} chosen < <(labs); continue; fi
	lab=$(lab_named "$lab") || exit
	chosen+=("$lab")
done
[[ ${JOBS:-1} =~ ^[1-9][0-9]{0,3}$ ]] || die "JOBS=$JOBS: not a number from 1 to 9999"
policy=()
if [ -n "${POLICY:-}" ]; then
	policy=(--policy "$(realpath -m -- "$POLICY")")
	"$grade" --list "${policy[@]}" all >/dev/null || exit 2
fi
if [ -n "${TIMES:-}" ]; then
	[ -n "${POLICY:-}" ] || die 'TIMES= is for the due dates of a POLICY='
	{ [ -f "$TIMES" ] && [ -r "$TIMES" ]; } || die "TIMES=$TIMES: no file that can be read"
fi
suffix=.graded
[ "${LAB:-all}" = all ] || suffix+=-$(IFS=+; echo "${chosen[*]}")
out=$(realpath -m "${OUT:-$submissions$suffix}")
case $out/ in
"$submissions"/*) die "OUT=$out is inside the submissions" ;;
esac
[ ! -e "$out" ] || [ -d "$out/.class" ] || [ -z "$(ls -A "$out")" ] ||
	die "$out: holds something else; name another place by OUT"

choose_engine
mkdir -p "$out"/{.class,results,reports} || fail "$out: cannot be made"
work=$out/.class
engine_has_sandbox || fail 'A class is graded in a sandbox only: these are programs of people you do not watch.
Allow user namespaces (as root: sysctl -w kernel.unprivileged_userns_clone=1, or on Ubuntu
kernel.apparmor_restrict_unprivileged_userns=0; in a container: --security-opt seccomp=unconfined),
or run this on another machine.'
exec 9>"$work/lock"
flock -n 9 || { say 'Another run is at work here; waiting for it to end.'; flock 9; }
trap 'say "Interrupted. The same command goes on from here."; exit 130' INT TERM HUP
rm -f "$work"/draft.*

# ---- what was handed in ----------------------------------------------------------

. grader/class/collect.sh
wanted=''
for lab in "${chosen[@]}"; do
	for file in $(files_of "$lab"); do wanted+=" $lab/$file"; done
done
list_students "$submissions" >"$work/students" && mv "$work/students" "$out/students.tsv" || exit 3
n=$(wc -l <"$out/students.tsv")
[ "$n" -gt 0 ] || die "$SUBMISSIONS: holds neither folders nor archives"
[ -z "${TIMES:-}" ] || read_times "$TIMES"
say "$n submissions, $(IFS=' '; echo "${chosen[*]}"), results in $out"

# All that grade gives to a trial.
grader_id=$(cat "$grade" "${grade%/*}"/{agent,witness.so,ordered.so,common.a} common/*.h | sha256sum)

# A submission that cannot be graded has its result at once.
refuse() {
	result_line "$1" "$2" refused "$3" 0 >"$work/draft.$1"
	echo '"version": 1, "labs": []}' >>"$work/draft.$1"
	mv "$work/draft.$1" "$out/results/$1.json"
}

rm -rf "$work"/{collected,before}
mkdir "$work/collected"
while IFS=$'\t' read -r -u 3 id _ _ _ entry; do
	collect "$submissions/$entry" "$work/collected/$id"
	[ -z "$refused" ] || rm -rf "$work/collected/$id"
	printf '%s\t%s\n' "$id" "$refused"
done 3<"$out/students.tsv" >"$work/refused" || exit 3
[ ! -e "$out/submitted" ] || mv "$out/submitted" "$work/before"
mv "$work/collected" "$out/submitted" || exit 3

# "id<TAB>key<TAB>why it is refused": the key tells the files by name and content.
(cd "$out/submitted" && find . -name "*.c" -print0 | sort -z | xargs -0r sha256sum) |
	awk -v grader="${grader_id:0:20} ${chosen[*]}" '
		FILENAME == "-" { split($2, part, "/"); key[part[2]] = key[part[2]] " " part[4] "/" part[5] "=" substr($1, 1, 20); next }
		{
			split($0, part, "\t")
			why = part[2]
			gsub(/[^A-Za-z0-9 .,:\/-]/, "?", why)
			print part[1] "\t" grader key[part[1]] (why == "" ? "" : " " why) "\t" part[2]
		}' - "$work/refused" >"$work/keys" || exit 3

# ---- who is due -------------------------------------------------------------------

# The lines of keys whose result is of one of these states; none: there is none.
keys_of() {
	find "$out/results" -name "*.json" -exec awk "FNR == 1 { print; nextfile }" {} + |
		awk -F '["\t]' -v states=" $* " '
			FILENAME == "-" { state[$4, $8] = $12; next }
			index(states, " " (($1, $2) in state ? state[$1, $2] : "none") " ")' - "$work/keys"
}

keys_of none error >"$work/undone"
undone=$(wc -l <"$work/undone")
[ "$undone" -eq "$n" ] || say "$((n - undone)) have their results, $undone are due"
while IFS=$'\t' read -r id key why; do
	if [ -n "$why" ]; then refuse "$id" "$key" "$why"; else printf '%s\t%s\n' "$id" "$key"; fi
done <"$work/undone" >"$work/due"
[ ! -s "$work/due" ] || "grade_$engine"
rm -f "$work"/draft.*

# ---- what comes of it --------------------------------------------------------------

. grader/class/similar.sh
. grader/class/tell.sh
tell
errors=$(keys_of none error | wc -l)
[ "$errors" -eq 0 ] || fail "For $errors of $n the grader could not do its job; the same command tries them again."
say "The page of the class: $out/index.html"
