# SPDX-License-Identifier: MIT
# plan.awk - from the table in plan.txt to what is run, a line each, in its order.
#
# usage: awk -v rounds=5 -v quick=1 -v chosen='fork poll' -v seed=1 -v window=0.6 -f plan.awk plan.txt
#
# A line has the round, the cell, the model, the milliseconds that it may take, and
# the cell's columns. Within a cell the models stand in another order each round, so
# that whatever else goes on meets all of them alike. With names=1: only the names
# of all models, a line each.
BEGIN {
	many = "fork thread poll epoll prefork pool libevent libuv liburing"
	n = split(chosen, names_chosen)
	for (i = 1; i <= n; i++)
		is_chosen[names_chosen[i]]
	all = n == 0
}

/^#/ || !NF { next }

# What the ladder compares is chosen by no MODELS.
$1 == "ladder" {
	cell[++cells] = "ladder - - - ladder"
	who[cells] = rest(2)
	next
}

{
	models = rest(6)
	sub(/\*/, many, models)
	n = split(models, name)
	for (i = 1; i <= n; i++)
		if (!known[name[i]]++ && names)
			print name[i]
	if (quick && $1 != "always")
		next
	cell[++cells] = sprintf("%d-%d-%d%s %d %d %d %s", $2, $3, $4, suffix($5), $2, $3, $4, $5)
	who[cells] = models
}

END {
	if (names)
		exit
	# The generator of Park and Miller: the same everywhere, unlike rand().
	state = seed % 2147483646 + 1
	for (round = 1; round <= rounds; round++)
		for (c = 1; c <= cells; c++)
			print_cell(c)
}

function print_cell(c, column, n, i, j, name, other) {
	split(cell[c], column, " ")
	n = split(who[c], name)
	for (i = n; i > 1; i--) {
		state = state * 16807 % 2147483647
		j = state % i + 1
		other = name[i]
		name[i] = name[j]
		name[j] = other
	}
	for (i = 1; i <= n; i++)
		if (all || name[i] in is_chosen || column[1] == "ladder")
			print round, column[1], name[i], guess(column), column[2], column[3], column[4], column[5]
}

# A first guess; bench.sh corrects it by what it took so far.
function guess(column) {
	if (column[1] == "ladder")
		return int(2000 * window + 400)
	return int(1000 * window + 400 + column[2] / 5)
}

function suffix(loop) {
	sub(/:/, "", loop)
	return loop == "closed" ? "" : "-" loop
}

function rest(from, text, i) {
	for (i = from; i <= NF; i++)
		text = text (i > from ? " " : "") $i
	return text
}
