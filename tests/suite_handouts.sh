#!/bin/bash
# SPDX-License-Identifier: MIT
# suite_handouts.sh - what the handouts show is what happens: their commands are typed again.
#
# tests/handout.sh does it, here for all of them, and for one that is wrong.
#
# shellcheck disable=SC2317 # try() and others call the functions by name
cd "$(dirname "$0")/.." || exit 3
. tests/tap.sh
. tests/matrix.sh
scratch=$(mktemp -d) || exit 3
trap 'jobs -p | xargs -r kill 2>/dev/null; rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM HUP

# ---- handout.sh itself ---------------------------------------------------------

# ends STATUS LINE ARGUMENT...: that is its exit status, and all that it says.
ends() {
	local status=$1 line=$2 said seen
	shift 2
	said=$(tests/handout.sh "$@" 2>&1)
	seen=$?
	echo "status $seen: $said"
	[ "$seen" -eq "$status" ] && [ "$said" = "$line" ]
}
usage='usage: tests/handout.sh [-v] [-t SECONDS] HANDOUT...'
try 'no handout is bad usage' ends 2 "$usage (no handout)"
try 'a handout that is not there is bad usage' ends 2 "$usage (cannot read no/README.md)" no/README.md
try 'a time that is none is bad usage' ends 2 "$usage (no time: 1s)" -t 1s README.md

# A second may pass before a command is typed.
masked() { printf '%s\n' "$@" | sed -E -f tests/blocks/masks.sed; }
time_waits() { masked 'ss -tano' "TIME-WAIT 0 0 127.0.0.1:7000 127.0.0.1:7001 timer:(timewait,$1,0)"; }
try 'a minute of TIME_WAIT may have begun' test "$(time_waits 1min)" = "$(time_waits 58sec)"

mkdir "$scratch/bin"
printf '#!/bin/sh\necho "bwrap: not here" >&2; exit 1\n' >"$scratch/bin/bwrap"
chmod +x "$scratch/bin/bwrap"
PATH=$scratch/bin:$PATH try 'without namespaces it says so, in one line' \
	ends 3 'handout.sh: no rooms here: bwrap: not here' README.md

tests/handout.sh -t 60 /dev/null >/dev/null 2>"$scratch/why"
if [ $? -eq 3 ]; then
	skip 'the blocks of the handouts' "$(head -n 1 "$scratch/why")"
	finish
fi

# Most of its time it waits in vain.
TIMEOUT_FACTOR=1 tests/handout.sh -t 10 tests/blocks/wrong.md >"$scratch/said" 2>&1 &
wrong=$!

# ---- the handouts --------------------------------------------------------------

blocks=0 not_compared=0
take_block() {
	tell_failure
	[[ $1 != *' # SKIP '* ]] || return 0
	blocks=$((blocks + 1))
	[[ $1 != *': run, not compared'* && $1 != *': not run'* ]] || not_compared=$((not_compared + 1))
}

# handout.sh tells a failure's details after it.
failure='' details=()
tell_failure() {
	[ -z "$failure" ] || not_ok "$failure" "${details[@]}"
	failure='' details=()
}
while IFS= read -r line; do
	case $line in
	'ok '*) take_block "$line" && ok "${line#ok }" ;;
	'not ok '*) take_block "$line" && failure=${line#not ok } ;;
	'# '*': '*' blocks: '*) tell_failure && echo "$line" ;;
	*) details+=("${line#\# }") ;;
	esac
done < <(printf '%s\n' labs/*/README.md | sort -r | together tests/handout.sh)
tell_failure
compared="$((blocks - not_compared)) of $blocks blocks are compared"
if [ "$blocks" -gt 0 ] && [ $((not_compared * 20)) -lt "$blocks" ]; then
	ok "$compared"
else
	not_ok "$compared, which is too few"
fi

# ---- a handout that is wrong ---------------------------------------------------

cat >"$scratch/expected" <<'END'
ok tests/blocks/wrong.md:5: as shown, masked
not ok tests/blocks/wrong.md:18: not what happens
# $ seq 3
#   expected  two
#   seen      2
not ok tests/blocks/wrong.md:30: not what happens
# $ echo 2
#   expected  1
#   seen      2
not ok tests/blocks/wrong.md:39: not what happens
# $ echo 'what next?'; cat
#   has not ended after 10 s
not ok tests/blocks/wrong.md:44: not what happens
# not reached, because of line 40
not ok tests/blocks/wrong.md:51: not what happens
# $ while :; do :; done &
#   has not come to rest after 10 s
ok tests/blocks/wrong.md:59: as shown
not ok tests/blocks/wrong.md:69: no such mark: compair: nothing
ok tests/blocks/wrong.md:70: as shown
ok tests/blocks/wrong.md:75: as shown
not ok tests/blocks/wrong.md:74: the block does not show this: never
not ok tests/blocks/wrong.md:79: this mark cannot be obeyed: no mutant nobody in tests/mutants/blocks
ok tests/blocks/wrong.md:80: as shown
not ok tests/blocks/wrong.md:84: no block follows this mark
# tests/blocks/wrong.md: 10 blocks: 4 as shown; 1 as shown, masked; 5 not what happens
END
wait "$wrong"
status=$?
finds_what_is_wrong() {
	[ "$status" -eq 1 ] || { echo "exit status $status"; return 1; }
	diff "$scratch/expected" "$scratch/said"
}
try 'each mistake of a handout is found, and told in its place' finds_what_is_wrong
finish
