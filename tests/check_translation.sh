#!/bin/bash
# SPDX-License-Identifier: MIT
# check_translation.sh - what a Chinese handout must have in common with the English one.
#
# usage: tests/check_translation.sh [HANDOUT...]    default: all that are there
#
# A HANDOUT is a README.zh-CN.md (or GLOSSARY.zh-CN.md); it is compared with the
# README.md beside it. The same in both must be:
#   headings   how many, in which order, at which level; each Chinese one has on
#              the line before it <a id="..."></a> with the English one's anchor
#   mistakes   under "Frequent mistakes": the English name and then （the Chinese）
#   code       every block, byte for byte
#   links      how many and where to, but to the Chinese handout if there is one
#   checks     the names of checks, each as often
#   counts     folded answers, items of lists, rows of tables
#
# For each difference a line `FILE:LINE: what`, and at the end how many there are.
# Exit status: 0 if there are none, 1 if there are, 2 after bad usage.
cd "$(dirname "$0")/.." || exit 3
export LC_ALL=C

die() {
	printf 'check_translation.sh: %s\n' "$*" >&2
	exit 2
}

if [ $# -eq 0 ]; then
	shopt -s nullglob
	set -- labs/*/README.zh-CN.md labs/GLOSSARY.zh-CN.md
	shopt -u nullglob
fi
for handout; do
	[[ $handout == *.zh-CN.md ]] || die "not a Chinese handout: $handout"
	[ -r "$handout" ] || die "cannot read $handout"
	[ -r "${handout%.zh-CN.md}.md" ] || die "no English handout beside $handout"
done

# Prints the links that lead to an English handout though there is a Chinese one.
english_links() {
	local line target
	grep -noE '\]\([^)#]*README\.md[^)]*\)' "$1" | while IFS=: read -r line target; do
		target=${target#*\(}
		target=${target%%[#)]*}
		# The course's own page is English.
		[ ! -e "$(dirname "$1")/${target%.md}.zh-CN.md" ] ||
			echo "$1:$line: the link leads to $target, and there is ${target%.md}.zh-CN.md"
	done
}

# Prints the differences between the English handout $1 and the Chinese one $2.
compare() {
	local prefix=${2%/*}
	prefix=${prefix##*/[0-9][0-9]-}
	awk -v prefix="${prefix%%-*}" -v english="$1" -v chinese="$2" '
	FNR == 1 {
		f++
		code = ""
		in_mistakes = 0
	}
	code == "" && /^ *```/ {
		code = "```"
		begun[f, ++blocks[f]] = FNR
	}
	code != "" {
		block[f, blocks[f]] = block[f, blocks[f]] $0 "\n"
		if (FNR > begun[f, blocks[f]] && /^ *```$/)
			code = ""
		before = ""
		next
	}
	/^#+ / {
		n = ++headings[f]
		level[f, n] = index($0, " ") - 1
		text = substr($0, level[f, n] + 2)
		where[f, n] = FNR
		if (f == 1) {
			anchor[f, n] = slug(text)
			if (level[f, n] == 2)
				in_mistakes = anchor[f, n] == "frequent-mistakes"
			else if (in_mistakes)
				name[anchor[f, n]] = text
		} else {
			anchor[f, n] = before
			sub(/^<a id="/, "", anchor[f, n])
			if (!sub(/"><\/a>$/, "", anchor[f, n]))
				anchor[f, n] = ""
			diagnosis(anchor[f, n], text)
		}
	}
	{
		before = rest = $0
		while (match(rest, /\]\([^)]*\)/)) {
			target = substr(rest, RSTART + 2, RLENGTH - 3)
			rest = substr(rest, RSTART + RLENGTH)
			sub(/README\.zh-CN\.md/, "README.md", target)
			if (!((f, target) in link))
				link_at[f, target] = FNR
			link[f, target]++
			links[target]
		}
		rest = $0
		while (match(rest, "(^|[^a-z0-9_./-])" prefix "\\.[a-z][a-z]+(-[a-z]+)*")) {
			target = substr(rest, RSTART, RLENGTH)
			rest = substr(rest, RSTART + RLENGTH)
			sub(/^[^a-z]/, "", target)
			check[f, target]++
			checks[target]
		}
		folded[f] += gsub(/<details>/, "&")
		unfolded[f] += gsub(/<\/details>/, "&")
		summary[f] += gsub(/<summary>/, "&")
		items[f] += /^ *(-|[0-9]+\.) /
		rows[f] += /^ *\|/
	}

	function slug(s, times) {
		s = tolower(s)
		gsub(/[^a-z0-9_ -]/, "", s)
		gsub(/ /, "-", s)
		times = seen[s]++
		return times ? s "-" times : s
	}
	function differ(line, what) {
		printf "%s:%d: %s\n", chinese, line, what
	}
	function diagnosis(which, text, rest) {
		if (!(which in name))
			return
		rest = substr(text, length(name[which]) + 1)
		if (index(text, name[which]) != 1 || rest !~ /^（.+）$/)
			differ(FNR, "the heading is not: " name[which] "（...）")
	}
	function same(what, of) {
		if (of[1] + 0 != of[2] + 0)
			differ(1, of[2] + 0 " " what ", and " of[1] + 0 " in " english)
	}
	function first_line(s) {
		return substr(s, 1, index(s "\n", "\n") - 1)
	}
	function compare_headings(i) {
		same("headings", headings)
		for (i = 1; i <= headings[1] && i <= headings[2]; i++) {
			if (anchor[1, i] != anchor[2, i]) {
				differ(where[2, i], (anchor[2, i] == "" ? "no anchor" : \
					"the anchor is " anchor[2, i]) ", and must be " anchor[1, i])
				if (headings[1] != headings[2])
					return
			}
			if (level[1, i] != level[2, i])
				differ(where[2, i], "a heading of level " level[2, i] \
					", and must be of level " level[1, i])
		}
	}
	function compare_blocks(i, j, a, b, lines, others) {
		same("code blocks", blocks)
		for (i = 1; i <= blocks[1] && i <= blocks[2]; i++) {
			if (block[1, i] == block[2, i])
				continue
			lines = split(block[2, i], b, "\n")
			others = split(block[1, i], a, "\n")
			for (j = 1; j < lines && j < others && a[j] == b[j]; j++)
				;
			differ(begun[2, i] + j - 1, "code differs from " english ":" begun[1, i] + j - 1)
			if (blocks[1] != blocks[2])
				return
		}
	}
	END {
		compare_headings()
		compare_blocks()
		for (target in links)
			if (link[1, target] + 0 != link[2, target] + 0)
				differ(link_at[2, target] + !link_at[2, target], link[2, target] + 0 \
					" links to " target ", and " link[1, target] + 0 " in " english)
		for (target in checks)
			if (check[1, target] + 0 != check[2, target] + 0)
				differ(1, check[2, target] + 0 " times the check " target \
					", and " check[1, target] + 0 " in " english)
		same("folded answers", folded)
		same("ends of folded answers", unfolded)
		same("summaries", summary)
		same("items of lists", items)
		same("rows of tables", rows)
	}' "$1" "$2" || return
	english_links "$2"
}

found=0
for handout; do
	differences=$(compare "${handout%.zh-CN.md}.md" "$handout") || exit 3
	if [ "$differences" ]; then
		sort -t: -k2,2n <<<"$differences"
		found=$((found + $(wc -l <<<"$differences")))
	fi
done
echo "$# translated, $found differences"
[ "$found" -eq 0 ]
