#!/bin/bash
# SPDX-License-Identifier: MIT
# suite_mutants.sh - wrong programs fail the checks that they must fail, by the right names, and no other.
#
# FULL=yes grades each of them by the memory checks too: twice the time.
#
# shellcheck disable=SC2317 # try() and others call the functions by name
cd "$(dirname "$0")/.." || exit 3
. tests/tap.sh
. tests/matrix.sh
quick=(-q)
[ -z "${FULL:-}" ] || quick=()
scratch=$(mktemp -d) || exit 3
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM HUP

# "LAB DIAGNOSIS" for each that the lab's handout teaches.
taught() {
	local lab
	for lab in $(labs_of labs); do
		awk -v lab="$lab" '
			/^## / { mistakes = /^## Frequent mistakes/ }
			mistakes && sub(/^### /, "") { gsub(/ /, "-"); print lab, tolower($0) }' \
			"labs/$lab/README.md"
	done | sort
}

# "LAB CHECK DIAGNOSIS" for each line under Fails of each mutant.
named() {
	local patch
	for patch in $(mutants); do
		mutant_is "$patch" Fails | sed "s|^|$(basename "$(dirname "$patch")") |"
	done
}

# Taught by lab 03 as well, though none of its checks can find them: a child of
# its own bears what they do.
cat >"$scratch/elsewhere" <<'END'
03-fork connection-leak
03-fork loses-tail
03-fork reset-kills-server
03-fork sigpipe-kills-server
END

# Prints what is in the first list and not in the second.
all_in() {
	! comm -23 "$1" <(sort -u "$2") | grep .
}

named >"$scratch/named"
for lab in $(labs_of labs); do
	grep "^$lab " "$scratch/named" | cut -d ' ' -f 2 >"$scratch/failing"
	checks_of "$lab" | sort >"$scratch/checks"
	try "$lab: some mutant fails each check" all_in "$scratch/checks" "$scratch/failing"
done
taught >"$scratch/taught"
cut -d ' ' -f 1,3 "$scratch/named" | cat - "$scratch/elsewhere" >"$scratch/diagnosed"
try 'each lab has a mutant for each diagnosis that it teaches' \
	all_in "$scratch/taught" "$scratch/diagnosed"

# tests/mutant.sh tells a failure's details after it.
wrong='' details=()
tell_failure() {
	[ -z "$wrong" ] || not_ok "$wrong" "${details[@]}"
	wrong='' details=()
}
while IFS= read -r line; do
	case $line in
	'ok '*) tell_failure; ok "${line#ok }" ;;
	'not ok '*) tell_failure; wrong=${line#not ok } ;;
	*) details+=("${line#\# }") ;;
	esac
done < <(mutants | together tests/mutant.sh "${quick[@]}")
tell_failure
finish
