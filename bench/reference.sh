#!/bin/bash
# SPDX-License-Identifier: MIT
# reference.sh - put a campaign where the handouts show it: bench/reference/.
#
# usage: bench/reference.sh [DIR]      default: $BUILD/bench/results
#
# Exit status: 0 it is there, 2 it is none to be shown, 3 it could not be put there.
cd "$(dirname "$0")/.." || exit 3
from=${1:-${BUILD:-build}/bench/results}
to=bench/reference

say() { printf 'bench: %s\n' "$*" >&2; }

if ! jq -e '.version == 1 and .settings.from == "solutions" and .rounds >= 3' "$from/summary.json" >/dev/null 2>&1; then
	say "$from/summary.json is no campaign of three rounds or more with the solutions"
	exit 2
fi
mkdir -p "$to" && rm -f "$to"/*.svg && cp "$from"/{cpu,ipc,ipc-throughput,memory,p99,throughput}.svg "$to/" &&
	jq -c . "$from/summary.json" >"$to/summary.json" || exit 3
say "$(du -sh "$to" | cut -f 1) in $to, of $(jq -r .date "$to/summary.json")"
