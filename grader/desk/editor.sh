#!/bin/bash
# SPDX-License-Identifier: MIT
# editor.sh - compile_commands.json: how each file is compiled, for editors and clangd.
#
# usage: grader/desk/editor.sh
#
# The labs' files and the solutions as the grader compiles them, the course's own
# as the Makefile does.
cd "$(dirname "$0")/../.." || exit 3
. grader/desk/lib.sh

entry() {
	local file=$1
	shift
	jq -n --arg directory "$PWD" --arg file "$file" --args \
		'{directory: $directory, file: $file, arguments: ($ARGS.positional + ["-c", $file])}' -- "$@"
}

# A copy of the course for students has no solutions and no tests.
shopt -s nullglob

entries() {
	local file
	for file in labs/*/*.c solutions/*/*.c; do
		# shellcheck disable=SC2086 # the flags are words
		entry "$file" gcc $student_flags
	done
	for file in common/*.c; do
		entry "$file" gcc -std=gnu17 -Wall -Wextra -Icommon
	done
	for file in grader/*.c grader/*/*.c tests/unit/*.c; do
		# shellcheck disable=SC2046 # so are these
		entry "$file" gcc -std=gnu17 -D_GNU_SOURCE -Wall -Wextra -Igrader -Icommon \
			$(pkg-config --cflags jansson libxml-2.0 libcmark)
	done
}

draft=$(mktemp compile_commands.json.XXXXXX) || exit 3
entries | jq -s . >"$draft" && mv "$draft" compile_commands.json || exit 3
said '%s: %d files\n' compile_commands.json "$(jq length compile_commands.json)"
