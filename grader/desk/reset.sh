#!/bin/bash
# SPDX-License-Identifier: MIT
# reset.sh - the starter of a lab again; what the student wrote is kept.
#
# usage: LAB=03 grader/desk/reset.sh
#
# Files that differ from the starter are moved to labs/LAB/kept/N/, a new N each
# time. Starters come from git's store, where they are by their ids, or from the
# copies that the desk has kept.
cd "$(dirname "$0")/../.." || exit 3
. grader/desk/lib.sh
[ -n "${LAB:-}" ] || die "$(said 'Which lab? %s' 'make reset LAB=03')"
keep_starters
lab=$(lab_named "$LAB") || exit

give_starter() {
	local id to=labs/$lab/$1 draft
	id=$(starter_id "$lab" "$1")
	draft=$(mktemp "$to.XXXXXX") || return
	if { git cat-file blob "$id" >"$draft" 2>/dev/null || cp "$memory/starters/$lab/$1" "$draft" 2>/dev/null; } &&
		[ "$(id_of "$draft")" = "$id" ] && chmod 644 "$draft"; then
		mv "$draft" "$to"
	else
		rm -f "$draft"
		say "$(said 'The starter of %s is nowhere to be found: get the course again, and copy it from there.' "$lab/$1")"
		return 1
	fi
}

changed=()
for file in $(files_of "$lab"); do
	is_starter "$lab" "$file" || changed+=("$file")
done
[ ${#changed[@]} -gt 0 ] || { said '%s is as it came.\n' "labs/$lab"; exit; }

n=1
while ! mkdir -p "labs/$lab/kept" || ! mkdir "labs/$lab/kept/$n" 2>/dev/null; do
	[ -e "labs/$lab/kept/$n" ] || die "$(said '%s cannot be made' "labs/$lab/kept")"
	n=$((n + 1))
done
for file in "${changed[@]}"; do
	if [ -e "labs/$lab/$file" ]; then
		cp -p "labs/$lab/$file" "labs/$lab/kept/$n/$file" || exit 3
	fi
	give_starter "$file" || exit 3
	said '%s is the starter again.\n' "labs/$lab/$file"
done
rmdir "labs/$lab/kept/$n" 2>/dev/null || said 'Yours is kept in %s.\n' "labs/$lab/kept/$n"
