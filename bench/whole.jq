# SPDX-License-Identifier: MIT
# whole.jq - is each of these N files one result, of load or of ladder?
#
# usage: jq -e -n --argjson n N -f whole.jq FILE...       exit status 0: they are
[inputs |
	.version == 1 and
	if has("ladder") then (.ladder | type == "array" and all(.[]; .latency_us.p50 | type == "number"))
	else (.run.round_trips_per_second | type == "number") and (.others.share | type == "number") end] |
	length == $n and all
