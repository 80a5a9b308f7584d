# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# times.sh - who handed in when, for the due dates of a policy; class.sh sources it.
# shellcheck disable=SC2154 # what is shared with class.sh
#
#   read_times FILE     sets time_of[ID] for all that FILE names; else says what is
#                       wrong in which line, and exits with 2
#
# A line is NAME,TIME, as spreadsheets write it; the first may be a heading. NAME
# is what students.tsv has of somebody: id, name, number or what was handed in.

declare -A time_of

# The ids of all that are called so, a line each.
called() {
	awk -F '\t' -v name="${1//\\/\\\\}" '
		name != "-" { for (i = 1; i <= NF; i++) if ($i == name) { print $1; next } }' "$out/students.tsv"
}

read_times() {
	local file=$1 line number=0 name time id untold
	while IFS= read -r line || [ -n "$line" ]; do
		number=$((number + 1)) line=${line%$'\r'}
		name=${line%,*} time=${line##*,}
		name=${name#\"} name=${name%\"} time=${time#\"} time=${time%\"}
		[ -n "$line" ] || continue
		[ $number -gt 1 ] || [[ $time == *[0-9]* ]] || continue # a heading
		[[ $line == *,* ]] || die "$file:$number: not NAME,TIME"
		id=$(called "$name")
		[ -n "$id" ] || die "$file:$number: nobody is called $(printable <<<"$name"); $out/students.tsv has who there is"
		[[ $id != *$'\n'* ]] || die "$file:$number: several are called $(printable <<<"$name"); name the folder or archive"
		"$grade" --list "${policy[@]}" --submitted "$time" "${chosen[0]}" >/dev/null 2>"$work/why" ||
			die "$file:$number: $(printable <"$work/why")"
		time_of[$id]=$time
	done <"$file"
	untold=$((n - ${#time_of[@]}))
	[ $untold -eq 0 ] || say "$file does not name $untold of $n: for them nothing is late"
}
