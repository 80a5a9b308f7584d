# SPDX-License-Identifier: MIT
# masks.sed - a word in the place of what is not the same twice.
#
# usage: { echo COMMAND && ITS OUTPUT; } | sed -E -f masks.sed
#
# Behind each line stands the command while the rules are at work, so a rule can
# be for one command: /\nps / is of what ps prints.
1 {
	h
	d
}
G

# Ports that the kernel picks for clients: 32768 to 60999.
s/(127\.0\.0\.1:|0\.0\.0\.0:| port |htons\()(3[2-9]|[45][0-9]|60)[0-9]{3}\b/\1PORT/g

# Pids, inodes, addresses, ids: compare.sh gives them names, the first and the
# second of their kind, so that what is the same must stay the same.
s/\b(pid=|process )([0-9]+)/\1<p\2>/g
s/(wait4\(.*\) += )([0-9]+)/\1<p\2>/
s/\/proc\/([0-9]+)\/task\/([0-9]+)/\/proc\/<p\1>\/task\/<p\2>/
s/^([0-9]+) +([a-z0-9_]+\(|[-+<])/<p\1> \2/
s/\bthread #([0-9]+)/thread #<t\1>/
/\nps [^|]*$/ {
	s/^ *([0-9]+)/<p\1>/
	s/^([^ ]+) +([0-9]+)/\1 <p\2>/
}
s/(socket|pipe):\[([0-9]+)\]/\1:[<i\2>]/
/\nls -i /s/^([0-9]+)/<i\1>/
s/\b0x([0-9a-f]{6,})/<a\1>/g
s/(shmget\(.*\) += |shmat\(|shmctl\()([0-9]+)/\1<s\2>/
/\nipcs /s/^(<[^>]+> +)?([0-9]+) +root/\1<s\2> root/
/\nipcs -mp/s/ ([0-9]+) +([0-9]+)\n/ <p\1> <p\2>\n/
# Who has sent a signal, and how long a line is that has a pid in it.
s/^(--- SIG[A-Z]+ \{si_signo=[A-Z]+, si_code=[A-Z_]+), [^\n]*/\1 .../
s/(write\(1, "client .*\.\.\.,) [0-9]+\) += [0-9]+/\1 N) = N/

s/[A-Z][a-z]{2} [ 0-9][0-9] [0-9]{2}:[0-9]{2} /DATE /
s/^[0-9a-f]{16}: (.*) [0-9]{5,} /POINTER: \1 INODE /
s/\/tmp\/nc-[A-Za-z0-9]+/\/tmp\/nc-NAME/
s/\/dev\/pts\/[0-9]+/\/dev\/pts\/N/

# Where in the kernel, and in the program: another version has another name, or place.
s/\bfutex_[a-z_]+ */futex /
s/\bpoll_schedule_timeou[a-z.]* */poll_schedule_timeout /
/\nobjdump /s/\b(0x)?[0-9a-f]{4,}\b/PLACE/g
s/^newfstatat\(([0-9]+), "", (.*), AT_EMPTY_PATH\)/fstat(\1, \2)/

# What was measured: what buffers hold, memory, mappings, time; and how many updates
# got lost.
/\nss /s/ [0-9]{5,}\b/ N/g
s/timer:\(timewait,(1min|[0-9]+sec),/timer:(timewait,TIME,/
s/\b[0-9]+ kB/N kB/
/\/maps\n?$/s/^[0-9]+\n/N\n/
s/^[0-9]+\.[0-9]+ s\n/N s\n/
/\n.*build\/lost\b/s/^count is [0-9]+/count is N/

# Columns are as wide as what is in them, and so far apart.
/\n(.*[;|] *)?(ss|ps) /{
	s/ +/ /g
	s/PortProcess/Port Process/
}

s/\n.*//
