# SPDX-License-Identifier: MIT
# choose.awk - which of the files that a submission holds are the labs' own.
#
# usage: find ... | awk -v wanted='01-bare/server.c ...' -f choose.awk
#
# Reads "type size path", type being f for a regular file and l for a symbolic
# link. Prints "01-bare/server.c<TAB>path" for each file of the labs, or one line
# "! why" if there is none, or if one is what nobody should open.
#
# The labs are where labs/, the labs' own folders, or (for a single lab) its .c
# files are: at the top, else one directory deeper, else two. What solutions/ and
# tests/ of a whole checkout hold is nobody's submission.
BEGIN {
	n = split(wanted, list, " ")
	for (i = 1; i <= n; i++) {
		is_wanted[list[i]] = 1
		labs[substr(list[i], 1, index(list[i], "/") - 1)] = 1
	}
	for (lab in labs) {
		n_labs++
		only = lab
	}
}

{
	type = $1
	size = $2
	path = $0
	sub(/^[^ ]+ [^ ]+ /, "", path)
	plain = path
	sub(/^(\.\/)+/, "", plain)
	if (plain ~ /(^|\/)(__MACOSX|\.[^\/]*)\// || ++files > 20000)
		next
	depth = split(plain, part, "/")
	file = part[depth]
	folder = part[depth - 1] "/" file
	if (is_wanted[folder])
		part[depth - 2] == "labs" ? offer(1, depth - 3) : offer(2, depth - 2)
	if (n_labs == 1 && is_wanted[only "/" file] && part[depth - 1] !~ /^[0-9][0-9]-/) {
		folder = only "/" file
		offer(3, depth - 1)
	}
}

# By the root's depth first, then by what is in it, then by name.
function offer(kind, deep,   root, i) {
	if (deep < 0 || deep > 2)
		return
	for (i = 1; i <= deep; i++) {
		if (part[i] == "solutions" || part[i] == "tests")
			return
		root = root part[i] "/"
	}
	root = deep kind " " root
	if (best == "" || root < best)
		best = root
	at[root, folder] = path
	what[root, folder] = type
	bytes[root, folder] = size
}

END {
	if (files > 20000)
		refuse("more than 20000 files")
	for (i = 1; i <= n; i++) {
		if (!((best, list[i]) in at))
			continue
		if (what[best, list[i]] == "l")
			refuse(list[i] " is a symbolic link, which is never followed")
		if (what[best, list[i]] != "f")
			refuse(list[i] " is not a regular file")
		if (bytes[best, list[i]] > 1048576)
			refuse(list[i] " is larger than 1048576 bytes")
		chosen = chosen list[i] "\t" at[best, list[i]] "\n"
	}
	if (chosen == "")
		refuse(n_labs > 1 ? "holds no folder of any lab" : "holds neither labs/, nor " only "/, nor its .c files")
	printf "%s", chosen
}

function refuse(why) {
	if (!refused++)
		print "! " why
	exit
}
