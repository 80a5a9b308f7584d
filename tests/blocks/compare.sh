# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# compare.sh - what was shown, against what a handout shows; tests/handout.sh sources this file.
#
#   compare_all               a line for each block of the plan that was gone through
#   not_ok LINE WHAT [...]    one for a failure, and its details
#
# What a command has printed must be what is expected, byte by byte but for blanks
# at the end of lines, and for the shell's notices about jobs, which handouts
# leave out.  If it is not, both are masked: masks.sed puts a word for what cannot
# be the same twice, as pids.  Which socket the kernel lists first is chance, so
# the lines of ss are put in order.
#
# shellcheck disable=SC2034,SC2154 # handout.sh has these variables, and looks at ours

failed=''
not_ok() {
	printf 'not ok %s:%s: %s\n' "$handout" "$1" "$2"
	shift 2
	[ $# -eq 0 ] || printf '# %s\n' "$@"
	failed=yes
}

# ---- one command ---------------------------------------------------------------

# Of stdin, without what SCRIPT of sed leaves out.
tidy() {
	sed -Ez -e "$1" -e 's/[ \t]+(\n|$)/\1/g'
}
# bash tells of a job when it asks, be it behind a line without an end.
start_notice='s/(^|\n)\[[0-9]+\] [0-9]+(\n\[[0-9]+\] [0-9]+)*(\n|$)/\1/g'
end_notice='s/\[[0-9]+\][-+ ]  [A-Z][^\n]*(\n|$)//g'

# Numbers <p5143> by the order in which those of their kind come: <p1>, <p2>, ...
# The names last for a block, in the file NAMES.
name_numbers() {
	awk -v names="$1" '
	BEGIN {
		while ((getline < names) > 0) {
			name[$1] = $2
			n[substr($1, 2, 1)]++
		}
	}
	{
		for (rest = $0; match(rest, /<[a-z][0-9a-f]+>/); rest = substr(rest, RSTART + RLENGTH)) {
			number = substr(rest, RSTART, RLENGTH)
			letter = substr(number, 2, 1)
			if (!(number in name))
				name[number] = "<" letter ++n[letter] ">"
			printf "%s%s", substr(rest, 1, RSTART - 1), name[number]
		}
		print rest
	}
	END {
		for (number in name)
			print number, name[number] >names
	}'
}

in_order() {
	if [[ $command =~ (^|[\;\|]\ *)ss\  ]]; then
		sed -E 's/<[a-z][0-9a-f]+>/<N>/g' | sort
	else
		name_numbers "$1"
	fi
}

# masked NAMES: of stdin
masked() {
	{ printf '%s\n' "$command" && cat; } | sed -E -f tests/blocks/masks.sed | in_order "$1"
}

no_numbers() {
	sed -E -e 's/[0-9]+([.][0-9]+)?/N/g' -e 's/ +/ /g' | in_order /dev/null
}

# Does a mark of this KIND loosen the comparison of the command?
loosened() {
	local which
	for which in "${loose[@]}"; do
		[[ $which != "$1"$'\t'* || $command != "${which#*$'\t'}"* ]] || return 0
	done
	return 1
}

# How $wanted and $seen compare, in $alike: exactly, masked, numbers, any, or not.
compare() {
	local notices=$start_notice
	alike=any
	! loosened any || return
	[[ $wanted =~ (^|$'\n')'['[0-9] ]] || notices+=";$end_notice"
	wanted=$(tidy '' <<<"$wanted")
	seen=$(tidy "$notices" <<<"$seen")
	alike=exactly
	[ "$wanted" != "$seen" ] || return
	wanted=$(masked "$scratch/names.wanted" <<<"$wanted")
	seen=$(masked "$scratch/names.seen" <<<"$seen")
	alike=masked
	[ "$wanted" != "$seen" ] || return
	alike=numbers
	! loosened numbers || [ "$(no_numbers <<<"$wanted")" != "$(no_numbers <<<"$seen")" ] || return
	alike=not
}

differences() {
	diff <(printf '%s' "${wanted:+$wanted$'\n'}") <(printf '%s' "${seen:+$seen$'\n'}") |
		sed -n 's/^< /  expected  /p; s/^> /  seen      /p'
}

# ---- one block -----------------------------------------------------------------

# A block is as good as its worst command.
declare -A worse=([exactly]=0 [masked]=1 [numbers]=2 [any]=3)
declare -A said=([exactly]='as shown' [masked]='as shown, masked'
	[numbers]='as shown but for numbers' [any]='run, not compared' [not]='not run'
	[failed]='not what happens')
declare -A count

# Whether the last command of the block, whose place is $asked, is done.
is_done() {
	case ${state[asked]:-} in
	done) return ;;
	hangs) wrong+=("\$ $command" "  has not ended after $patience s") ;;
	restless) wrong+=("\$ $command" "  has not come to rest after $patience s") ;;
	*) wrong=("not reached, because of line ${stuck:-?}") && return 1 ;;
	esac
	stuck=${at[asked]}
	return 1
}

end_command() {
	local alike
	[ "$asked" ] || return
	if is_done; then
		compare
		if [ "$alike" = not ]; then
			wrong+=("\$ $command")
			mapfile -t -O ${#wrong[@]} wrong < <(differences)
		elif ((worse[$alike] > worse[$how])); then
			how=$alike
		fi
	fi
	asked=''
}

end_block() {
	[ "$block" ] || return
	end_command
	if [ ${#wrong[@]} -gt 0 ]; then
		how=failed
		not_ok "${at[block]}" "${said[$how]}" "${wrong[@]}"
	else
		printf 'ok %s:%s: %s%s\n' "$handout" "${at[block]}" "${said[$how]}" "$why"
	fi
	count[$how]=$((${count[$how]:-0} + 1))
	block=''
}

begin_block() {
	end_block
	block=$place how=exactly why='' loose=() wrong=()
	rm -f "$scratch"/names.*
}

# ---- all of them ---------------------------------------------------------------

tell_counts() {
	local way all=0 list=''
	for way in exactly masked numbers any not failed; do
		[ -z "${count[$way]:-}" ] || list+="; ${count[$way]} ${said[$way]}"
		all=$((all + ${count[$way]:-0}))
	done
	echo "# $handout: $all blocks: ${list#; }"
}

compare_all() {
	local place line terminal=1 block='' asked='' command='' wanted='' seen=''
	local how='' why='' loose=() wrong=() stuck=''
	count=()
	for place in "${!kind[@]}"; do
		line=${words[place]}
		case ${kind[place]} in
		room) end_block && stuck='' ;;
		block) begin_block ;;
		not) how=not why=": $line" ;;
		needs) [ -z "$cannot" ] || how=not why=" # SKIP it needs $line" ;;
		any | numbers) loose+=("${kind[place]}"$'\t'"${line%%$'\t'*}") why=": ${line#*$'\t'}" ;;
		wrong) end_block && not_ok "${at[place]}" "$line" ;;
		program | save)
			wanted=${shown["$place 9"]:-} # what terminal 9 shows is a complaint
			wanted=${trouble[place]:-${wanted#*$'\n'}}
			[ -z "$wanted" ] || not_ok "${at[place]}" "this mark cannot be obeyed: ${wanted%%$'\n'*}"
			;;
		run | type)
			[ "${state[place]:-}" != left-out ] || continue
			end_command
			asked=$place terminal=${line%%$'\t'*} command=${line#*$'\t'} wanted=''
			seen=${shown["$place $terminal"]:-}
			seen=${seen/#"$command"$'\n'/}
			;;
		typed | hidden | before) seen+=${shown["$place $terminal"]:-} ;;
		enter) seen+=${shown["$place $terminal"]#$'\n'} ;;
		'>') wanted+=$line$'\n' ;;
		esac
	done
	end_block
	tell_counts
}
