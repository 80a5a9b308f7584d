#!/bin/bash
# SPDX-License-Identifier: MIT
# lint.sh - layout, static analysis and house style; with --fix, lay out only.
#
# usage: tests/lint.sh [--fix]
#
# Mutants, hostile submissions and those that a browser is to show are wrong on
# purpose: they are left alone.
# Exit status: 0 if all is clean, 1 if not.
#
# shellcheck disable=SC2317 # run() calls the functions by name
cd "$(dirname "$0")/.." || exit 3
cores=$(nproc)

c_files() {
	find bench common grader labs solutions tests \
		\( -path tests/mutants -o -path tests/hostile -o -path tests/browser \) -prune -o \
		-type f -name "$1" -print | sort
}
mapfile -t sources < <(c_files '*.c')
mapfile -t headers < <(c_files '*.h')
mapfile -t scripts < <({ find . -path ./.git -prune -o -name node_modules -prune -o -path "./${BUILD:-build}" -prune -o \
	-type f -name '*.sh' -print; ls .ci/run grader/kits/gradescope/run_autograder; } | sort)

in_parallel() {
	local at_once=$1
	shift
	xargs -r -d '\n' -P "$cores" -n "$at_once" "$@"
}

layout() {
	printf '%s\n' "${sources[@]}" "${headers[@]}" |
		in_parallel 16 clang-format --style=file "$@"
}

if [ "${1:-}" = --fix ]; then
	layout -i
	exit
fi

# With the flags of the Makefile: the grader's own differ. Alternatives are in
# other people's style on purpose, and cppcheck's word is enough for them.
tidy_with() {
	export FLAGS=$1
	# shellcheck disable=SC2016 # the inner shell is to expand these
	in_parallel 4 sh -c 'clang-tidy --quiet --warnings-as-errors="*" "$@" -- $FLAGS' tidy \
		2> >(grep -v ' generated\.$' >&2)
}
tidy() {
	local own='^(grader/|tests/unit/grader_|tests/fuzz/|tests/blocks/typist)'
	local bench='^(bench/(measure|load|ladder)/|tests/unit/bench_)' plain='-std=gnu17 -Igrader -Icommon' status=0
	printf '%s\n' "${sources[@]}" | grep -E "$own" |
		tidy_with "$plain -D_GNU_SOURCE $(pkg-config --cflags jansson libxml-2.0 libcmark)" || status=1
	printf '%s\n' "${sources[@]}" | grep -E "$bench" |
		tidy_with "$plain -D_GNU_SOURCE -Ibench/measure -Ibench/load -Ibench/ladder $(pkg-config --cflags jansson)" || status=1
	printf '%s\n' "${sources[@]}" | grep -Ev "$own|$bench|^tests/alternatives/" |
		tidy_with "$plain" || status=1
	return "$status"
}

check_c() {
	cppcheck --quiet -j "$cores" --std=c11 --error-exitcode=1 --inline-suppr \
		--enable=warning,performance,portability --suppress=varFuncNullUB \
		--suppress='nullPointer:tests/unit/*' \
		'-Djson_array_foreach(a,i,v)=for (i = 0; (v = (a)); i++)' \
		'-Djson_object_foreach(o,k,v)=for (k = ""; (v = (o));)' -Igrader -Icommon -Ibench/measure "${sources[@]}"
}

check_shell() {
	printf '%s\n' "${scripts[@]}" | in_parallel 4 shellcheck -x
}

# The two lines that each file opens with, and no line over 100 columns.
house_style() {
	awk '
	FNR == 1 && $0 != "/* SPDX-License-Identifier: MIT */" { bad("no SPDX line") }
	FNR == 2 {
		name = FILENAME
		sub(".*/", "", name)
		if (index($0, "/* " name " - ") != 1)
			bad("the second line is not: /* " name " - what it is. */")
	}
	{
		line = $0
		while (at = index(line, "\t"))
			line = substr(line, 1, at - 1) \
				sprintf("%" (8 - (at - 1) % 8) "s", "") substr(line, at + 1)
		if (length(line) > 100)
			bad("over 100 columns")
	}
	function bad(what) {
		printf "%s:%d: %s\n", FILENAME, FNR, what
		failed = 1
	}
	END { exit failed }' "${sources[@]}" "${headers[@]}"
}

failed=0
run() {
	local what=$1 output began=$SECONDS
	shift
	if output=$("$@" 2>&1); then
		printf '%-14s clean  %3d s\n' "$what" $((SECONDS - began))
	else
		printf '%-14s FAILED %3d s\n%s\n' "$what" $((SECONDS - began)) "$output"
		failed=1
	fi
}

echo "${#sources[@]} C files, ${#headers[@]} headers, ${#scripts[@]} shell files"
run 'house style' house_style
run clang-format layout --dry-run -Werror
run shellcheck check_shell
run cppcheck check_c
run clang-tidy tidy
exit $failed
