# SPDX-License-Identifier: MIT
# read.awk - a handout, as a list of what its reader does.
#
# usage: awk -f read.awk HANDOUT
#
# For each thing a line: the handout's line, the thing, its words, between tabs.
#   room               a section begins, and with it a fresh room
#   block              a block of commands
#   not WHY            it cannot be run ...
#   needs WHAT         ... except by root
#   any WHICH WHY      its commands that begin so are run, and not compared
#   numbers WHICH WHY  the same, and compared but for their numbers
#   program PATH HOW   from here on the program at PATH is another one
#   save PATH          a file that has these lines ...
#   =LINE              ... one of them
#   before N COMMAND   typed in terminal N, until its shell asks for the next, and
#                      not shown in the handout
#   hidden N TEXT      the same, but it may go on
#   run N COMMAND      the same as `before`, shown in the block
#   type N COMMAND     the same as `hidden`, shown in the block
#   typed N TEXT       typed to a program in terminal N, and shown in the block
#   >LINE              what a command prints, and what was typed to it
#   enter N            that key in terminal N: a shell tells of jobs when it asks
#   wrong WHAT         a mark that makes no sense
#
# tests/README.md describes the marks.
BEGIN {
	OFS = "\t"
	forget()
}

# In a list a block is indented, and so are its lines.
in_code {
	line = substr($0, 1, indent) ~ /^ *$/ ? substr($0, indent + 1) : $0
	if (line !~ /^```/)
		code[++lines] = line
	else
		end_of_block()
	next
}
/^ *<!--.*-->$/ {
	mark = $0
	gsub(/^ *<!-- *| *-->$/, "", mark)
	marked = FNR
	take(mark)
	next
}
/^ *```/ {
	in_code = FNR
	indent = index($0, "`") - 1
	language = substr($0, indent + 4)
	lines = 0
	next
}
/^#+ / {
	section = FNR
}
marked && !/^ *$/ {
	wrong(marked, "no block follows this mark")
	forget()
}
END {
	if (marked)
		wrong(marked, "no block follows this mark")
}

function wrong(at, what) {
	print at, "wrong", what
}

# ---- marks

function forget() {
	marked = goes_on = stays = queued = loosened = 0
	not_run = needs = saved = ""
	terminal = 1
}

function after_colon(mark) {
	return substr(mark, index(mark, ": ") + 2)
}

# "numbers vary (ss): why" is of the commands that begin with ss.
function loosen(kind, mark, which) {
	if (match(mark, /^[a-z ]+ \([^)]+\): /)) {
		which = substr(mark, 1, RLENGTH - 3)
		which = substr(which, index(which, "(") + 1)
		loose[++loosened] = kind OFS which OFS substr(mark, RLENGTH + 1)
	} else {
		loose[++loosened] = kind OFS OFS after_colon(mark)
	}
}

function queue_up(kind, words) {
	queue_at[++queued] = FNR
	queue_kind[queued] = kind
	queue_words[queued] = words
}

function take(mark) {
	if (mark ~ /^not run: ./)
		not_run = after_colon(mark)
	else if (mark ~ /^not compared( \([^)]+\))?: ./)
		loosen("any", mark)
	else if (mark ~ /^numbers vary( \([^)]+\))?: ./)
		loosen("numbers", mark)
	else if (mark == "needs root")
		needs = "root"
	else if (mark == "goes on")
		goes_on = 1
	else if (mark == "stays")
		stays = 1
	else if (mark ~ /^save as [^ ]+$/)
		saved = substr(mark, 9)
	else if (mark ~ /^terminal [1-8]$/)
		terminal = substr(mark, 10)
	else if (mark ~ /^terminal [1-8]: ./)
		queue_up("hidden", substr(mark, 10, 1) OFS after_colon(mark))
	else if (mark ~ /^before: ./)
		queue_up("before", after_colon(mark))
	else if (mark ~ /^typed: ./)
		queue_up("typed", after_colon(mark))
	else if (mark ~ /^build\/[a-z_]+: ./)
		queue_up("program", substr(mark, 1, index(mark, ":") - 1) OFS after_colon(mark))
	else
		wrong(FNR, "no such mark: " mark)
}

# ---- blocks

function end_of_block() {
	if (language == "console" || saved != "")
		enter_room()
	if (language == "console")
		read_commands()
	else if (saved != "")
		save(1, lines)
	else if (marked)
		wrong(marked, "the block below this mark has no commands")
	in_code = 0
	forget()
}

function enter_room() {
	if (room != section && !goes_on)
		print in_code, "room"
	room = section
}

function save(from, to, i) {
	print in_code, "save", saved
	for (i = from; i <= to; i++)
		print in_code + i, "=" code[i]
}

function is_command(i) {
	return i > lines || code[i] ~ /^\$ /
}

function read_commands(i, end) {
	print in_code, "block"
	if (not_run != "") {
		print in_code, "not", not_run
		return
	}
	if (needs != "")
		print in_code, "needs", needs
	for (i = 1; i <= loosened; i++)
		print in_code, loose[i]
	for (next_up = 1; next_up <= queued && queue_kind[next_up] != "typed"; next_up++)
		print planned(next_up)
	for (i = 1; i <= lines; i = end) {
		for (end = i + 1; !is_command(end); end++)
			;
		if (is_command(i))
			read_command(i, end)
		else
			wrong(in_code, "this block does not begin with a command")
	}
	if (next_up <= queued)
		wrong(queue_at[next_up], "the block does not show this: " queue_words[next_up])
}

# What was typed shows among the output: it is the next line that reads so.
function read_command(i, end, command, goes, body, told, j) {
	command = substr(code[i], 3)
	goes = stays && end > lines
	if (saved != "" && command ~ "^cat " && index(saved "\n", substr(command, 5) "\n"))
		save(i + 1, end - 1)
	for (j = i + 1; j < end; j++)
		if (queue_has(code[j])) {
			goes = 1
			body = body take_from_queue(in_code + j)
		} else {
			body = body in_code + j OFS ">" code[j] "\n"
			told = told || code[j] ~ /^\[[0-9]+\][+-]  [A-Z]/
		}
	print in_code + i, goes ? "type" : "run", terminal, command
	printf "%s", body
	if (told)
		print in_code + i, "enter", terminal, ""
}

function queue_has(text, i) {
	for (i = next_up; i <= queued; i++)
		if (queue_kind[i] == "typed")
			return queue_words[i] == text
	return 0
}

# Up to the next that is typed, what happens before it included.
function take_from_queue(at, said) {
	while (queue_kind[next_up] != "typed")
		said = said planned(next_up++) "\n"
	said = said planned(next_up) "\n"
	return said at OFS ">" queue_words[next_up++] "\n"
}

function planned(i) {
	if (queue_kind[i] == "before" || queue_kind[i] == "typed")
		return queue_at[i] OFS queue_kind[i] OFS terminal OFS queue_words[i]
	return queue_at[i] OFS queue_kind[i] OFS queue_words[i]
}
