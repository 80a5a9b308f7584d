# SPDX-License-Identifier: MIT
# own.awk - of each student's programs only what others do not have, too.
#
# usage: awk -v into=DIR -v least=N -f own.awk STARTER... FILE... again FILE...
#
# The first time lines are counted, the second time they are written to DIR/ID.c,
# ID being the part of the path behind submitted/. Left out are the starters'
# lines, and those that more than a quarter of the class have, but more than four:
# they come from the handout, or there is no other way to write them. Prints the
# names of the files of which fewer than `least` lines are left.
BEGIN {
	for (i = 1; i < ARGC && ARGV[i] != "again"; i++)
		;
	ARGV[i] = "turn=1"
}

FNR == 1 {
	id = ""
	if (match(FILENAME, /\/submitted\/[^\/]+\//))
		id = substr(FILENAME, RSTART + 11, RLENGTH - 12)
	if (id != "" && !(id in lines)) {
		lines[id] = 0
		n++
	}
}

{
	line = $0
	gsub(/[ \t\r]+/, "", line)
}

length(line) < 4 { next }

id == "" { given[line] }

id != "" && !turn && !((id, line) in seen) {
	seen[id, line]
	have[line]++
}

id != "" && turn && !(line in given) && have[line] <= (n / 4 > 4 ? n / 4 : 4) {
	file = into "/" id ".c"
	print >>file
	if (++lines[id] % 64 == 0)
		close(file)
	last[id] = file
}

turn && FNR == 1 && id != before {
	close(into "/" before ".c")
	before = id
}

END {
	for (id in last)
		if (lines[id] < least)
			print id ".c"
}
