# SPDX-License-Identifier: MIT
# panels.gp - two panels with one scale, and their key on the right; see pictures.gp.
#
# usage: call "panels.gp" NAME LEFT TITLE RIGHT TITLE COLUMN
#
# COLUMN is the median's; the least and the most are behind it. What is in one panel
# only is in the key all the same.
if (strlen(names_of(ARG2, ARG4)) == 0) exit
column = int(ARG6)
low_high = range(ARG2, ARG4, ARG6)
bottom = decade(word(low_high, 1) + 0)
top = word(low_high, 2) * 1.3
set yrange [bottom:top]

set output ARG1.".".kind
set multiplot
set lmargin at screen 0.10
set rmargin at screen 0.41
set title ARG3
set format y y_format
set ylabel y_label
unset key
plot for [m in names(ARG2)] data index ARG2."/".m \
	using 1:column:column + 1:column + 2 with yerrorlines ls style(m), NaN notitle

set lmargin at screen 0.455
set rmargin at screen 0.765
set title ARG5
set format y ""
unset ylabel
set key at screen 0.995,0.90 right top Left reverse samplen 3 spacing 1.2 font ",11"
plot for [m in names(ARG4)] data index ARG4."/".m \
		using 1:column:column + 1:column + 2 with yerrorlines ls style(m) notitle, \
	for [m in names_of(ARG2, ARG4)] NaN with linespoints ls style(m) title m
unset multiplot
set output
