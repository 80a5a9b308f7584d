#!/bin/bash
# SPDX-License-Identifier: MIT
# suite_browser.sh - the HTML report, and the book, looked at in a browser.
#
# usage: tests/suite_browser.sh; `make test-browser` installs what it needs
#
# Four reports: of a solution with all its timelines, of a mutant that fails much,
# of a program that fails everything, and of one that prints what a browser or a
# terminal would obey. Of the book every page. Reports and screenshots are left in
# build/browser/, to be looked at by a person as well.
cd "$(dirname "$0")/.." || exit 3
. tests/matrix.sh
out=${BUILD:-build}/browser

scratch=$(mktemp -d) || exit 3
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM HUP

# A report that could not be made leaves no file, and look.mjs ends without a plan.
report() {
	local name=$1 dir=$2
	shift 2
	"$grade" -s "$dir" -f html -o "$out/$name.html" "$@" 03 </dev/null
	[ $? -le 1 ] || { echo "Bail out! grade could not tell of $name"; exit 1; }
}

rm -rf "$out"
mkdir -p "$out" "$scratch"/{mutant,fails,tags} || exit 3
make_mutant tests/mutants/03-fork/no-fork.patch "$scratch/mutant" || exit 3
cp tests/browser/fails.c "$scratch/fails/server.c"
cp tests/browser/tags.c "$scratch/tags/server.c"
report solution solutions/03-fork --timeline
report mutant "$scratch/mutant"
report fails "$scratch/fails"
report tags "$scratch/tags"
grader/book/book.sh >"$out/book.txt" 2>&1 || { echo "Bail out! the book could not be made"; cat "$out/book.txt"; exit 1; }
node tests/browser/look.mjs "$out" "${BUILD:-build}/book" solution mutant fails tags
