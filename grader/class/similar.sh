# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# similar.sh - which programs of a class have much in common, by sim_c; class.sh sources it.
# shellcheck disable=SC2154 # what is shared with class.sh
#
# With -a each stretch of a program counts for the one other program that has the
# most of it. That takes a second for 500 programs, where -e, all pairs, takes
# minutes; the one who wrote a program and the one who copied it find each other
# either way.

own_lines_min=12

# sim_c reads what students wrote where archives are read, in no place of ours.
compare() {
	tar -C "$1" -cf - . | confined bash -c 'cd /tmp && bsdtar -xf - && ls | sim_c -a -p -s -T -r 16 -t 20 -i'
}

# The lines "percent lab one other", the greater share of both.
similar_in() {
	local lab=$1 files=() given=() file
	rm -rf "$work/own" && mkdir "$work/own" || return
	for file in $(files_of "$lab"); do
		given+=("labs/$lab/$file")
		files+=("$out"/submitted/*/labs/"$lab/$file")
	done
	[ ${#files[@]} -gt 1 ] || return 0
	awk -v into="$work/own" -v least="$own_lines_min" -f grader/class/own.awk \
		"${given[@]}" "${files[@]}" again "${files[@]}" | (cd "$work/own" && xargs -r rm -f --)
	[ -n "$(ls "$work/own")" ] || return 0
	compare "$work/own" | awk -v lab="$lab" '
		$2 == "consists" && $6 == "of" {
			one = $1 < $7 ? $1 : $7
			other = $1 < $7 ? $7 : $1
			sub(/\.c$/, "", one)
			sub(/\.c$/, "", other)
			if ($4 > share[one "\t" other])
				share[one "\t" other] = $4
		}
		END { for (pair in share) print share[pair] "\t" lab "\t" pair }'
}

similar() {
	local lab
	for lab in "${chosen[@]}"; do
		similar_in "$lab" || return
	done | sort -k 1,1nr -k 2 >"$work/pairs"
	jq -r --rawfile pairs "$work/pairs" --rawfile css <(cat grader/report/tokens.css grader/class/page.css) \
		-f grader/class/similar.jq "$work/data.json"
}
