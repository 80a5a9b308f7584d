# SPDX-License-Identifier: MIT
# pictures.gp - draws a campaign: throughput, p99, CPU, memory, and what IPC costs.
#
# usage: GNUPLOT_LIB=.../bench gnuplot -c .../pictures.gp svg|png LABEL
#
# In the current directory the file `data` is what data.jq makes; what it has nothing for is not drawn. Lines differ in dashes and marks, so that they can be told
# apart in black and white; their colours are seen on white as on black.
kind = ARG1
data = "data"

if (kind eq "svg") {
	set terminal svg size 900,400 dynamic font "DejaVu Sans,12" background rgb "white"
} else {
	set terminal pngcairo size 1350,600 font "DejaVu Sans,12" fontscale 1.5 linewidth 1.5 pointscale 1.5 \
		background rgb "white"
}
set encoding utf8
set datafile missing "?"

# The models and the mechanisms that DATA has of a kind; of two kinds, each once.
names(kind) = system("sed -n 's,^# ".kind."/,,p' '".data."' | paste -sd ' '")
names_of(a, b) = system("sed -En 's,^# (".a."|".b.")/,,p' '".data."' | awk '!seen[$0]++' | paste -sd ' '")

# The least and the most in the three columns from one on, as powers of ten.
range(a, b, column) = system("awk '/^#/ { on = $2 ~ \"^(".a."|".b.")/\" } \
	on && !/^#/ { for (i = ".column."; i < ".column." + 3; i++) if ($i + 0 > 0) { \
		if (!n++ || $i < least) least = $i; if ($i > most) most = $i } } \
	END { print n ? least : 1, n ? most : 10 }' '".data."'")
decade(x) = 10 ** floor(log10(x) + 1e-9)

set style line 1 lw 1.5 dt 2 pt 4 ps 0.7 lc rgb "#b8433f"
set style line 2 lw 1.5 dt 3 pt 8 ps 0.8 lc rgb "#8f63c8"
set style line 3 lw 3 dt 1 pt 7 ps 0.7 lc rgb "#2f7fc1"
set style line 4 lw 2 dt 1 pt 6 ps 0.8 lc rgb "#2e8b57"
set style line 5 lw 1.5 dt 4 pt 10 ps 0.8 lc rgb "#c0561f"
set style line 6 lw 1.5 dt 5 pt 2 ps 0.7 lc rgb "#7a7a2a"
set style line 7 lw 1.5 dt (12,4,2,4) pt 1 ps 0.8 lc rgb "#767676"
set style line 8 lw 1.5 dt (2,4) pt 12 ps 0.8 lc rgb "#c24e8d"
set style line 9 lw 1.5 dt (20,4) pt 14 ps 0.8 lc rgb "#3c8a94"
lines_of = "fork thread poll epoll prefork pool libevent - -   pipe fifo tcp unix-stream unix-dgram shm-fifo-in-place shm-futex shm-spin shm-fifo"
place(name) = sum [i = 1:words(lines_of)] (word(lines_of, i) eq name ? i : 0)
style(name) = (place(name) - 1) % 9 + 1

set border 3 lw 0.8
set tics nomirror
set grid xtics ytics lw 0.6 lc rgb "gray"
set label 1 ARG2 at screen 0.99,0.03 right font ",9"
set logscale xy
set tmargin at screen 0.90
set bmargin at screen 0.20

# ---- two panels each

y_label = "round trips per second"
set xlabel "connections"
set xrange [0.7:15000]
y_format = "%.0s%c"
call "panels.gp" "throughput" "idle" "10 of them active" "active" "all active" 2

y_label = "99th percentile, µs"
call "panels.gp" "p99" "open" "10 active, 5000 round trips per second" "active" "all active" 5
y_format = "%g"

y_label = "server's CPU time per round trip, µs"
call "panels.gp" "cpu" "idle" "10 of them active" "active" "all active" 8

set xlabel "bytes"
set xrange [0.6:2500000]
set xtics ("1" 1, "64" 64, "1 Ki" 1024, "" 4096, "64 Ki" 65536, "1 Mi" 1048576)
y_label = "round trip, median, µs"
call "panels.gp" "ipc" "two" "on two cores" "same" "on the same core" 2

y_label = "one way, MB/s"
call "panels.gp" "ipc-throughput" "two" "on two cores" "same" "on the same core" 5

# ---- memory: bars

unset logscale x
unset xlabel
set xtics autofreq
set xrange [*:*]
set yrange [10:1e7]
set grid noxtics
set lmargin at screen 0.09
set rmargin at screen 0.98
set bmargin at screen 0.14
set key at graph 0.995,0.99 right top Left reverse
set style data histogram
set style histogram clustered gap 1
set boxwidth 0.9
set format y "%.0s %cB"
short(bytes) = gprintf(bytes < 10000 && bytes >= 1000 ? "%.1s %cB" : "%.0s %cB", bytes)
block = word(names("memory"), 1)
set title "memory for each of ".block." connections, 10 of them active"
if (strlen(block)) {
	set output "memory.".kind
	plot data index "memory/".block using 2:xtic(1) lc rgb "#b8433f" fs solid border -1 \
			title "the processes' own: PSS", \
		"" index "memory/".block using 3 lc rgb "#2f7fc1" fs pattern 4 border -1 title "the kernel's: page tables and stacks", \
		"" index "memory/".block using 4 lc rgb "#2e8b57" fs pattern 2 border -1 title "the kernel's: sockets", \
		"" index "memory/".block using 0:5:(short($5)) with labels offset 0,0.7 font ",10" title "the numbers: all together"
}
set output
