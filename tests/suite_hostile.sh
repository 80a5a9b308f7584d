#!/bin/bash
# SPDX-License-Identifier: MIT
# suite_hostile.sh - submissions that attack the grader: it survives, and the score is its own.
#
# usage: tests/suite_hostile.sh [NAME...]      default: all in tests/hostile/
#
# One is tests/hostile/NAME.c, a server.c, or a folder tests/hostile/NAME/ with one
# of the lab's files, the others being the solution's.
#
# The head of each program says what must come of it:
#   Lab: 01                           which lab it is handed in for
#   Checks: bare.echo bare.closes     only these are run (default: all)
#   Passes: bare.echo                 these pass
#   Fails: bare.echo wrong-bytes      this one fails; with this diagnosis, if one is named
#   Withheld: bare.memory             no points for these: they fail or are skipped
#   At most: 40 points
#   Also as: text html                the reports for people are looked at too
#
# Whatever it is, problems() below says what must hold for every one of them.
# All are graded in parallel, and a solution beside them, again and again.
#
# shellcheck disable=SC2317 # try() and trap call functions by name
cd "$(dirname "$0")/.." || exit 3
. tests/tap.sh
build=$(realpath "${BUILD:-build}") || exit 3
at_once=$(($(nproc) * 2))
deadline=$((60 * ${TIMEOUT_FACTOR:-1}))

scratch=$(mktemp -d) || exit 3
chmod 755 "$scratch"
stop() {
	rm -f "$scratch/neighbour/go-on"
	jobs -p | xargs -r kill 2>/dev/null
	wait
	rm -rf "$scratch"
}
trap stop EXIT
trap 'exit 1' INT TERM HUP
COURSE=$PWD "$build/grade" --require-sandbox -c bare.builds -s solutions/01-bare 01 >"$scratch/why" 2>&1
if grep -q '^grade: no sandbox' "$scratch/why"; then
	skip 'hostile submissions' "not without a sandbox: $(head -n 1 "$scratch/why")"
	finish
fi
keeper=$scratch/keeper
cc -O1 -o "$keeper" tests/hostile/keeper.c || exit 3

# ---- what there is to be found, and to be left alone ---------------------------

secret=PLANTED-SECRET-$RANDOM$RANDOM$RANDOM
course=$scratch/course
mkdir -p "$course"/{labs,tests/hostile,grader} "$scratch"/{home,neighbour}
cp -r common solutions "$course" || exit 3
for place in "$course"/{labs,tests,grader,common,solutions/0*} "$scratch/home"; do
	echo "/* $secret */" | tee "$place/secret.c" >"$place/.secret"
done
for solution in "$course"/solutions/*/*.c; do
	echo "/* $secret */" >>"$solution"
done
echo "$secret" >"$scratch/held"
exec 9<>"$scratch/held"
export COURSE=$course HOME=$scratch/home SECRET=$secret

touch "$scratch/began"
mounts_before=$(cat /proc/self/mountinfo)
objects() {
	ipcs -a | awk -v me="$(id -un)" '$3 == me || $3 == 65533'
}
objects_before=$(objects)
git_before=$(git status --porcelain 2>/dev/null)

# ---- one of them ---------------------------------------------------------------

# field NAME FIELD: what the program's head says, a line for each.
field() {
	sed -n "s/^ \* $2: *//p; /^ \*\//q" "$(source_of "$1")"
}

source_of() {
	if [ -d "tests/hostile/$1" ]; then echo "tests/hostile/$1"/*.c; else echo "tests/hostile/$1.c"; fi
}

# A submission is one file.
hand_in() {
	if [ -d "tests/hostile/$1" ]; then
		cp -r solutions/"$(field "$1" Lab)"-* "$2"
		cp "$(source_of "$1")" "$2"
	else
		mkdir "$2"
		sed -e '/^#include "hostile.h"$/{r tests/hostile/hostile.h' -e 'd}' \
			"$(source_of "$1")" >"$2/server.c"
	fi
}

# grade_as USER DIR OPTION...: results in DIR.
grade_as() {
	local user=$1 dir=$2 format=$3 as=()
	shift 3
	[ "$user" = "$(id -u)" ] || as=(setpriv --reuid="$user" --regid="$user" --clear-groups)
	# In the C locale our own signs are ASCII, so that all else is theirs.
	LC_ALL=C TMPDIR=$dir/tmp "$keeper" "$deadline" "$dir/left.$format" "${as[@]}" \
		"$build/grade" --require-sandbox -j 1 -f "$format" "$@" \
		>"$dir/$format" 2>"$dir/stderr.$format" </dev/null
	echo $? >"$dir/status.$format"
}

# run NAME USER
run() {
	local dir=$scratch/run/$1.$2 began=${EPOCHREALTIME/[.,]/} checks check format
	mkdir -p "$dir/tmp"
	hand_in "$1" "$dir/submission"
	cp -r "$dir/submission" "$dir/handed-in"
	chown -R "$2" "$dir"
	checks=()
	for check in $(field "$1" Checks); do checks+=(-c "$check"); done
	for format in json $(field "$1" 'Also as'); do
		grade_as "$2" "$dir" "$format" "${checks[@]}" -s "$dir/submission" "$(field "$1" Lab)"
	done
	echo $(((${EPOCHREALTIME/[.,]/} - began) / 100000)) >"$dir/tenths"
}

# What the program's head expects and the verdicts do not say.
unexpected() {
	local name=$1 json=$2 check diagnosis
	verdict() {
		jq -r --arg id "$1" \
			'.labs[].checks[] | select(.id == $id) | "\(.status) \(.diagnosis // "")"' "$json"
	}
	for check in $(field "$name" Passes); do
		[[ $(verdict "$check") = pass* ]] || echo "$check does not pass: $(verdict "$check")"
	done
	for check in $(field "$name" Withheld); do
		[[ $(verdict "$check") =~ ^(fail|skip) ]] || echo "$check: $(verdict "$check"), expected none"
	done
	while read -r check diagnosis; do
		[[ -z $check || "$(verdict "$check") " = "fail $diagnosis"* ]] ||
			echo "$check: $(verdict "$check"), expected: fail $diagnosis"
	done < <(field "$name" Fails)
	most=$(field "$name" 'At most')
	[ -z "$most" ] || jq -e --argjson most "${most% points}" \
		'[.labs[].points] | add <= $most' "$json" >/dev/null ||
		echo "$(jq '[.labs[].points] | add' "$json") points, expected at most $most"
}

# What a page has that would be run, fetched or followed, or disturb a reader.
active() {
	local found
	found=$(xmllint --html --xpath '//script | //iframe | //object | //embed | //img | //link |
		//form | //base | //meta[@http-equiv = "refresh"] | //@*[starts-with(name(), "on")] |
		//@src | //@href[not(starts-with(., "#"))]' "$1" 2>/dev/null)
	[ -z "$found" ] || echo "in the page: ${found:0:300}"
	iconv -f UTF-8 -t UTF-8 -o /dev/null "$1" 2>&1
	LC_ALL=C grep -aqP '[\x00-\x08\x0b-\x1f\x7f]|\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]' "$1" &&
		echo "in the page: what no reader should obey"
}

# problems NAME USER: what must hold for all of them, a line for each that does not.
problems() {
	local dir=$scratch/run/$1.$2 format
	for format in json text html; do
		[ -e "$dir/$format" ] || continue
		cat "$dir/left.$format"
		[[ $(cat "$dir/status.$format") = [01] ]] ||
			echo "as $format: exit status $(cat "$dir/status.$format")"
		[ ! -s "$dir/stderr.$format" ] ||
			echo "on stderr: $(head -c 300 "$dir/stderr.$format" | cat -v)"
		if [ $format = html ]; then
			active "$dir/html"
		elif LC_ALL=C grep -aq '[^[:print:]]' "$dir/$format"; then
			echo "as $format: not printable: $(LC_ALL=C grep -a '[^[:print:]]' "$dir/$format" |
				head -n 3 | cat -v)"
		fi
		if grep -aFq -e "$secret" -e "$shadow" "$dir/$format" "$dir/stderr.$format"; then
			echo "as $format: the planted secret is in it"
		fi
		grep -ao -m 1 'BROKEN OUT.*' "$dir/$format" "$dir/stderr.$format" | head -c 300
	done
	if ! jq -e . "$dir/json" >/dev/null 2>&1; then
		echo "no JSON: $(head -c 300 "$dir/json" | cat -v)"
	else
		jq -r '.labs[].checks[] | select(.status == "error") | "error in \(.id): \(.message)"' "$dir/json"
		jq -r '.labs[] | select(.points != ([.checks[].points] | add)) | "the points do not add up"' "$dir/json"
		unexpected "$1" "$dir/json"
	fi
	diff -r "$dir/handed-in" "$dir/submission" || echo "the submission has changed"
	find "$dir/tmp" -mindepth 1 | sed 's/^/left in TMPDIR: /'
}

# ---- a solution, graded all the time -------------------------------------------

neighbour() {
	local dir=$scratch/neighbour
	while [ -e "$dir/go-on" ]; do
		"$build/grade" -j 1 -f json -s solutions/01-bare 01 >"$dir/json" 2>&1 </dev/null
		echo "exit status $?, $(jq -r '[.labs[].points] | add' "$dir/json" 2>&1) points" >>"$dir/results"
		jq -r '.labs[].checks[] | select(.status != "pass")' "$dir/json" >>"$dir/failures" 2>&1
	done
}

# ---- all of them ---------------------------------------------------------------

if [ $# -eq 0 ]; then
	while read -r name; do
		set -- "$@" "$name"
	done < <(grep -l '^ \* Lab: ' tests/hostile/*.c tests/hostile/*/*.c |
		sed 's|tests/hostile/||; s|/.*||; s|\.c$||' | sort)
	everybody=yes
fi
shadow=$(head -n 1 /etc/shadow 2>/dev/null)
: "${shadow:=$secret}"

me=$(id -u)
jobs=()
for name; do
	if [ "$name" = core-handler ] && [ "$(ulimit -Hc)" = 0 ]; then
		skip "$name" 'the limit on core dumps is 0 already, and nobody can raise it to 1'
	else
		jobs+=("$name $me")
	fi
done
if [ "$me" -eq 0 ] && [ "${everybody:-}" ]; then
	nobody=65534
	if setpriv --reuid=$nobody --regid=$nobody --clear-groups test -x "$build/grade"; then
		for name in spy print-pass kill-everyone leave-alone outlive escape reach-into-one \
			look-forgotten kernel-memory witness-scribble names compile-secrets; do
			jobs+=("$name $nobody")
		done
	else
		skip 'as an ordinary user' "who cannot read $build"
	fi
fi

tell_about() {
	local name=$1 user=$2 found what
	what="$name: $(sed -n '2s/^.*\.c - \(.*\)\. \*\/$/\1/p' "$(source_of "$name")")"
	[ "$user" = "$me" ] || what="as user $user, $what"
	found=$(problems "$name" "$user")
	if [ -z "$found" ]; then
		ok "$what"
	else
		not_ok "$what" "$found"
	fi
}

touch "$scratch/neighbour/go-on"
neighbour &
neighbour=$!
told=0 running=0
# Tell of those that are done, in their order.
tell_on() {
	local name user
	while [ $told -lt ${#jobs[@]} ]; do
		read -r name user <<<"${jobs[told]}"
		[ -e "$scratch/run/$name.$user/tenths" ] || break
		tell_about "$name" "$user"
		told=$((told + 1))
	done
}
# Those that take long are begun first.
mapfile -t queue < <(for job in "${jobs[@]}"; do
	[[ " $(field "${job% *}" Checks) " = *.memory\ * ]] && echo "1 $job" || echo "2 $job"
done | sort -s -k1,1 | cut -d' ' -f2-)
for job in "${queue[@]}"; do
	if [ $running -ge $at_once ]; then
		wait -n
		running=$((running - 1))
	fi
	tell_on
	read -r name user <<<"$job"
	run "$name" "$user" &
	running=$((running + 1))
done
while [ $running -gt 0 ]; do
	wait -n
	running=$((running - 1))
	tell_on
done
rm "$scratch/neighbour/go-on"
wait $neighbour

# ---- what is left of them all --------------------------------------------------

neighbour_unharmed() {
	sort "$scratch/neighbour/results" | uniq -c
	cat "$scratch/neighbour/failures"
	[ -s "$scratch/neighbour/results" ] &&
		! grep -vx 'exit status 0, 100 points' "$scratch/neighbour/results"
}

# Of files that a submission could have made: the sandbox's user owns them.
nothing_written() {
	local found status=0
	found=$(find "$course" "$scratch/home" -newer "$scratch/began"
		find /tmp /var/tmp /dev/shm -newer "$scratch/began" -user 65533 2>/dev/null
		find "${TMPDIR:-/tmp}" -maxdepth 1 -name 'grade.*' -newer "$scratch/began")
	[ -z "$found" ] || { echo "$found"; status=1; }
	[ "$(cat "$scratch/held")" = "$secret" ] || { echo "an open file was written to"; status=1; }
	return "$status"
}

no_new_mount() {
	diff <(echo "$mounts_before") /proc/self/mountinfo
}

no_new_object() {
	objects
	[ "$(objects)" = "$objects_before" ]
}

checkout_unchanged() {
	local now
	now=$(git status --porcelain)
	[ "$now" = "$git_before" ] || diff <(echo "$git_before") <(echo "$now")
}

# Or else the spy would prove nothing.  (Another's, if this suite runs twice.)
spy_finds() {
	hand_in spy "$scratch/spy"
	"$build/grade" --no-sandbox -f json -c bare.echo -s "$scratch/spy" 01 >"$scratch/found" 2>&1
	grep -aE 'has PLANTED-SECRET-[0-9]+' "$scratch/found" || { head -c 2000 "$scratch/found"; return 1; }
}

# Where the kernel has no user namespace left to give.
# shellcheck disable=SC2016 # the inner shell is to expand these
without_namespaces() {
	unshare --user --map-root-user sh -c \
		'echo 0 >/proc/sys/user/max_user_namespaces && exec "$0" "$@"' \
		"$build/grade" "$@" -c bare.builds -s solutions/01-bare 01 2>&1 </dev/null
}

refuses_without_namespaces() {
	without_namespaces --require-sandbox
	[ $? -eq 3 ] && without_namespaces --require-sandbox | grep -q '^grade: no sandbox: .*user namespaces: on Ubuntu' &&
		! without_namespaces --require-sandbox | grep bare.builds
}

says_that_it_goes_on() {
	local said
	said=$(without_namespaces) || { echo "$said"; return 1; }
	grep '^grade: going on without a sandbox, for your own code only' <<<"$said"
}

if unshare --user --map-root-user sh -c 'echo 0 >/proc/sys/user/max_user_namespaces' 2>/dev/null; then
	try 'without user namespaces --require-sandbox refuses, and says what to do' refuses_without_namespaces
	try 'and without that option it is said that there is no sandbox' says_that_it_goes_on
else
	skip 'without user namespaces' 'they cannot be taken away here'
fi
try 'without a sandbox the spy does find the secret' spy_finds
try "a solution graded all the time ($(wc -l <"$scratch/neighbour/results") times) gets 100" \
	neighbour_unharmed
try 'nothing was written anywhere' nothing_written
try 'there is no new mount' no_new_mount
try 'there is no new System V object' no_new_object
if [ "$git_before" ] || git status >/dev/null 2>&1; then
	try 'the checkout is unchanged' checkout_unchanged
else
	skip 'the checkout is unchanged' 'not a git checkout'
fi
slow=$(grep -H . "$scratch"/run/*/tenths | sed 's|.*/run/\(.*\)/tenths:|\1 |' | sort -k2rn | head -n 5 |
	while read -r name tenths; do echo "$name $((tenths / 10)).$((tenths % 10)) s"; done)
printf '# the slowest: %s\n' "${slow//$'\n'/, }"
finish
