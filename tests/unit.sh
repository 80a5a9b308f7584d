#!/bin/bash
# SPDX-License-Identifier: MIT
# unit.sh - run the unit test programs and put their results into one TAP.
#
# A test that fails, a program that dies on the way and a program that was not
# built are a failure each. It is cmocka's own TAP that is read here: one plan
# for each group of tests, "ok 3 # SKIP name", and number 0 for a group's set-up.
cd "$(dirname "$0")/.." || exit 3
. tests/tap.sh
build=${BUILD:-build}
out=$build/test-output/unit
mkdir -p "$out" || exit 3

# A backstop, in seconds, for a program that hangs.
deadline=$((900 * ${TIMEOUT_FACTOR:-1}))

# What the program printed itself may stand before a result in the same line.
result='^(.*)ok ([0-9]+) (- |# SKIP )(.*)$'

# Reads the output of a program. A failure's details are the lines up to the
# next result, so it is told only then.
read_results() {
	local line own number mark what name='' details=() expected=1
	planned=0 seen=0 group_failed=''
	while IFS= read -r line || [ "$line" ]; do
		number=-1
		if [[ $line =~ $result ]]; then
			own=${BASH_REMATCH[1]} number=${BASH_REMATCH[2]}
			mark=${BASH_REMATCH[3]} what="$program: ${BASH_REMATCH[4]}"
		fi
		if [[ $line =~ ^1\.\.([0-9]+)$ ]]; then
			planned=$((planned + BASH_REMATCH[1])) expected=1
		elif [ "$number" -eq 0 ] || [ "$number" -eq "$expected" ]; then
			[ -z "$name" ] || not_ok "$name" "${details[@]}"
			name='' details=()
			if [ "$number" -eq 0 ]; then
				name=$what group_failed=yes
				continue
			fi
			seen=$((seen + 1)) expected=$((number + 1))
			case $own$mark in
			*'# SKIP ') skip "$what" "see $file" ;;
			*'not - ') name=$what ;;
			*) ok "$what" ;;
			esac
		elif [ "$name" ] && [[ $line != '# not ok - '* ]]; then
			details+=("${line#'# '}")
		fi
	done <"$file"
	[ -z "$name" ] || not_ok "$name" "${details[@]}"
}

# What the results do not say, the exit status and their number do.
judge() {
	local failed=$tap_failed
	read_results
	if [ "$status" -eq 124 ]; then
		not_ok "$program: not done after $deadline s" "$(tail -n 5 "$file")"
	elif [ "$status" -gt 128 ]; then
		not_ok "$program: killed by SIG$(kill -l "$status")" "$(tail -n 5 "$file")"
	elif [ "$planned" -eq 0 ] || { [ "$seen" -ne "$planned" ] && [ -z "$group_failed" ]; }; then
		not_ok "$program: announced $planned tests, ran $seen" "$(tail -n 5 "$file")"
	elif [ "$status" -ne 0 ] && [ "$tap_failed" -eq "$failed" ]; then
		not_ok "$program: exit status $status, though no test failed"
	fi
}

for source in tests/unit/*.c; do
	[ -e "$source" ] || break
	program=$(basename "$source" .c)
	file=$out/$program.txt
	if [ -x "$build/tests/$program" ]; then
		# The outer stderr is the shell's, which would tell of a crash too.
		{
			CMOCKA_MESSAGE_OUTPUT=tap timeout -k 5 "$deadline" \
				"$build/tests/$program" >"$file" 2>&1 </dev/null
		} 2>/dev/null
		status=$?
		judge
	else
		not_ok "$program: was not built" "make all builds it"
	fi
done
finish
