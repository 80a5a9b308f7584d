# SPDX-License-Identifier: MIT
# stats.jq - what many measurements of one thing say of it.
#
#   stats   of numbers: their median, the least and the most; null of none
#   sure    the same, with the interval low to high, in which the true median is in at
#           least 9 of 10 campaigns, whatever the numbers' distribution: so many of the
#           least and of the most are left out as even coins would hardly fall alike
#           (the sign test). Of fewer than five numbers it is all of them, and is less sure.
#   judged  of what sure has said, and least and most that it may be: .holds is true if
#           the median is within, false if all of the interval is beyond, and null if
#           more rounds are needed to tell
#   worst   of many that sure has said of, and none of which may be above most: one that
#           surely is, else one that may be, else any. Among these the one whose interval
#           begins highest: the largest of many medians is mostly luck

# Four digits say more than was measured.
def rounded: if . == 0 then 0 else pow(10; 3 - (fabs | log10 | floor)) as $unit | . * $unit | round / $unit end;

def stats: map(numbers) | sort | if length == 0 then null else
	{median: ((.[(length - 1) / 2 | floor] + .[length / 2 | floor]) / 2), min: .[0], max: .[-1]} | map_values(rounded) end;

# How many of n even coins have to fall alike, at most, for that to be rare.
def trimmed_of($n): {k: 0, ways: 1, sum: 1} |
	until(2 * (.sum + .ways * ($n - .k) / (.k + 1)) > 0.1 * pow(2; $n);
		.ways *= ($n - .k) / (.k + 1) | .k += 1 | .sum += .ways) | .k;

def sure: stats as $stats | map(numbers) | sort | if length == 0 then null else
	trimmed_of(length) as $k | $stats + ({low: .[$k], high: .[-1 - $k]} | map_values(rounded)) end;

def judged($least; $most): . + {holds: (
	if .median == null then null
	elif ($least == null or .median >= $least) and ($most == null or .median <= $most) then true
	elif ($least == null or .high >= $least) and ($most == null or .low <= $most) then null
	else false end)};

def worst($most): max_by([.low > $most, .median > $most, .low]);
