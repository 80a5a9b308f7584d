#!/bin/bash
# SPDX-License-Identifier: MIT
# handout.sh - type the commands of handouts again, and compare what they print.
#
# usage: tests/handout.sh [-v] [-t SECONDS] HANDOUT...
#   -v  show what is typed, and what the terminals show
#   -t  give up on a command after so long (default: 60)
#
# For each block of commands a line, "ok HANDOUT:LINE: how they compare" or "not
# ok ..." and what differs, and for each handout one that counts them.
# Exit status: 0 if all is as it is told, 1 if not, 2 after bad usage, 3 if there
# can be no rooms.
#
# Theory of operation
#
#   HANDOUT ──read.awk──▶ plan ──▶ script ──typist──▶ transcript ──┐
#                           └──────────── what is expected ────────┴──▶ compare
#
# A handout has a checkout of its own, a copy, with its lab's finished programs in
# build/.  Each section has a room: namespaces of processes, network and System V
# objects, made by bubblewrap, with an empty /tmp and all else read-only.  Port
# 7000 is free in it, and when it ends nothing is left but what is in the
# checkout, which goes on to the next one.  In it blocks/typist.c types, in
# interactive shells, and knows by itself when to type on.
#
# Terminal 9 is nobody's: there programs and files change between two commands.
cd "$(dirname "$0")/.." || exit 3
. tests/matrix.sh
. tests/blocks/compare.sh

patience=60 verbose=''
usage() {
	echo "usage: tests/handout.sh [-v] [-t SECONDS] HANDOUT...${1:+ ($1)}" >&2
	exit 2
}
while getopts vt: option; do
	case $option in
	v) verbose=yes ;;
	t) patience=$OPTARG ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || usage 'no handout'
[[ $patience =~ ^[1-9][0-9]{0,4}$ ]] || usage "no time: $patience"
patience=$((patience * ${TIMEOUT_FACTOR:-1}))
for handout; do
	[ -r "$handout" ] || usage "cannot read $handout"
done

scratch=$(mktemp -d) || exit 3
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM HUP

# ---- rooms, and what is in them ----------------------------------------------

stage=$scratch/stage checkout=$scratch/checkout
mkdir "$stage" "$checkout" || exit 3
# PROMPT of typist.c; and unshare(1) starts a login shell.
tee "$stage/.bashrc" >"$stage/.bash_profile" <<'END'
PS1=$'\036' PS2=''
set +o emacs
unset HISTFILE
ulimit -c 0
END
# shellcheck disable=SC2046 # a word for each option
cc -O1 -D_GNU_SOURCE -Igrader -o "$stage/typist" tests/blocks/typist.c \
	grader/{probe,sockets,base}.c $(pkg-config --cflags --libs jansson) || exit 3

as_root=(--cap-add ALL)
[ "$(id -u)" -eq 0 ] || as_root+=(--unshare-user --uid 0 --gid 0)
room() {
	env -i PATH="$PATH" HOME=/run/stage SHELL="$(command -v bash)" TERM=dumb LC_ALL=C.UTF-8 \
		bwrap --ro-bind / / --dev /dev --proc /proc --tmpfs /tmp --tmpfs /run \
		--bind "$checkout" /mnt --ro-bind "$stage" /run/stage --chdir /mnt \
		--unshare-pid --unshare-net --unshare-ipc --unshare-uts \
		--as-pid-1 --die-with-parent "${as_root[@]}" "$@"
}

compile() {
	cc -std=gnu17 -Wall -Wextra -g -Icommon "$1" "$checkout/build/common.a" -pthread -o "$2"
}

new_checkout() {
	local solution
	rm -rf "$checkout" "$stage/finished"
	mkdir -p "$checkout/build" "$stage/finished"
	cp -r labs common solutions "$checkout"
	cp "${BUILD:-build}/common.a" "$checkout/build" || exit 3
	for solution in "solutions/$lab"/*.c; do
		[ ! -e "$solution" ] ||
			compile "$solution" "$stage/finished/$(basename "$solution" .c)" || exit 3
	done
}

# The source that a mark names.
find_source() {
	case $1 in
	starter) source=labs/$lab/$name.c ;;
	solution) source=solutions/$lab/$name.c ;;
	'solution '*) source=solutions/${1#solution }/$name.c ;;
	'file '*) source=${1#file } ;;
	'mutant '*)
		[ -r "tests/mutants/$lab/${1#mutant }.patch" ] || {
			echo "no $1 in tests/mutants/$lab"
			return 1
		}
		rm -rf "$scratch/mutant"
		mkdir "$scratch/mutant"
		make_mutant "tests/mutants/$lab/${1#mutant }.patch" "$scratch/mutant" || return
		source=$scratch/mutant/$name.c
		;;
	*)
		echo "no source is called $1"
		return 1
		;;
	esac
}

# The program at PATH: from a source, maybe with " | sed SCRIPT" behind it.
make_program() {
	local to=$1 name=${2#build/} how=$3 source
	find_source "${how%% | sed *}" || return
	if [[ $how == *' | sed '* ]]; then
		sed -e "${how#* | sed }" "$source" >"$to.c" || return
		! cmp -s "$source" "$to.c" || {
			echo "sed changes nothing"
			return 1
		}
		source=$to.c
	fi
	compile "$source" "$to"
}

# ---- a plan, as read.awk makes it, and what comes of it ----------------------

# By the place in the plan: the handout's line, the thing and its words; what
# typist.c says of it, or why it cannot be done; and, by place and terminal, what
# was shown then.
at=() kind=() words=() state=() trouble=()
declare -A shown

read_plan() {
	local line
	at=() kind=() words=() state=() trouble=() shown=()
	while IFS= read -r line; do
		at+=("${line%%$'\t'*}")
		line=${line#*$'\t'}
		case $line in
		[=\>]*) kind+=("${line:0:1}") words+=("${line:1}") ;;
		*$'\t'*) kind+=("${line%%$'\t'*}") words+=("${line#*$'\t'}") ;;
		*) kind+=("$line") words+=('') ;;
		esac
	done < <(awk -f tests/blocks/read.awk "$handout")
}

script=() script_of=() # of one room, and whose line each is
add() {
	script+=("$2")
	script_of+=("$1")
}

take_transcript() {
	local line place=''
	while IFS= read -r line; do
		case $line in
		'|'*) shown["$place ${line:1:1}"]+=${line:3}$'\n' ;;
		*)
			place=${script_of[${line% *} - 1]}
			state[place]=${line#* }
			;;
		esac
	done <"$scratch/transcript"
}

leave_room() {
	[ ${#script[@]} -gt 0 ] || return
	cp --remove-destination "$stage"/finished/* "$checkout/build" 2>/dev/null
	printf '%s\n' "${script[@]}" >"$scratch/script"
	room /run/stage/typist "$patience" <"$scratch/script" >"$scratch/transcript" 2>"$scratch/why" ||
		not_ok "${at[script_of[0]]}" "the room failed: $(head -n 1 "$scratch/why")"
	[ -z "$verbose" ] || sed 's/^/# /' "$scratch/transcript"
	take_transcript
	script=() script_of=()
}

# What of the plan happens in rooms.  A block that needs root's rights does not,
# where they are not to be had.
go_through() {
	local place path why saved left_out=''
	for place in "${!kind[@]}"; do
		path=${words[place]%%$'\t'*}
		case ${kind[place]} in
		room | block) left_out='' ;;&
		room) leave_room ;;
		needs) left_out=$cannot ;;
		*) [ -z "$left_out" ] || state[place]=left-out ;;&
		program)
			why=$(make_program "$stage/$place" "$path" "${words[place]#*$'\t'}" 2>&1) ||
				trouble[place]=${why:-no program}
			add "$place" "run 9 cp --remove-destination /run/stage/$place /mnt/$path"
			;;
		save)
			saved=$stage/$place
			: >"$saved"
			add "$place" "run 9 cp /run/stage/$place /mnt/$path"
			;;
		=) printf '%s\n' "${words[place]}" >>"$saved" ;;
		run | before | enter) [ "$left_out" ] || add "$place" "run ${words[place]/$'\t'/ }" ;;
		type | typed | hidden) [ "$left_out" ] || add "$place" "type ${words[place]/$'\t'/ }" ;;
		esac
	done
	leave_room
}

# ---- all of them -------------------------------------------------------------

why=$(room true 2>&1) || {
	echo "handout.sh: no rooms here: ${why%%$'\n'*}" >&2
	exit 3
}
cannot=''
[ "$(id -u)" -eq 0 ] || cannot=yes
for handout; do
	lab=$(basename "$(dirname "$handout")")
	new_checkout
	read_plan
	go_through
	compare_all
done
[ -z "$failed" ]
