#!/bin/bash
# SPDX-License-Identifier: MIT
# book.sh - the course as a small web site that needs no network.
#
# usage: grader/book/book.sh [DIR]      default: $BUILD/book
#
# book.lua makes all pages of a language in one run of pandoc, since to start it
# takes longer than to make a page; they are cut apart here. Nothing is done if
# nothing has changed. Exit status: 0 if all is well, 1 if a link leads nowhere
# (the book is there all the same), 3 if the book could not be made.
cd "$(dirname "$0")/../.." || exit 3
build=${BUILD:-build}
out=${1:-$build/book}
room=grader/book

say() { printf 'book: %s\n' "$*"; }

mkdir -p "$(dirname "$out")" && scratch=$(mktemp -d "$out.XXXXXX") || exit 3
trap 'rm -rf "$scratch"' EXIT
trap 'exit 3' INT TERM HUP
set -o pipefail

# Students may have a copy of the course without solutions.
shopt -s nullglob

# JSON as a table of Lua, which book.lua reads.
# shellcheck disable=SC2016 # the words are jq's
as_lua='def lua:
	if type == "object" then
		"{" + (to_entries | map("[\(.key | tojson)] = \(.value | lua)") | join(", ")) + "}"
	elif type == "array" then "{" + (map(lua) | join(", ")) + "}"
	else tojson end;
	"return " + lua'
for language in en zh-CN; do
	LANGUAGE=${language%-*} "$build/grade" --list -f json all | jq -r "$as_lua" \
		>"$scratch/$language.lua" || exit 3
done
BOOK_SOURCES=$(printf '%s\n' common/*.[ch] solutions/*/*.[ch])
pictures=(bench/reference/*.svg)
BOOK_PICTURES=$(printf '%s\n' "${pictures[@]}")
export BOOK_SOURCES BOOK_PICTURES

made_of() {
	pandoc --version | head -n 1
	cat "$scratch"/*.lua README.md labs/*.md labs/*/*.md common/*.[ch] solutions/*/*.[ch] \
		"${pictures[@]}" "$room"/* grader/report/tokens.css
}

tell_where() {
	say "$(find "$out" -name '*.html' | wc -l) pages, $(du -sh "$out" | cut -f 1)"
	say "to open it: xdg-open $(printf %q "$(realpath "$out")/index.html")"
	say "in Chinese: xdg-open $(printf %q "$(realpath "$out")/index.zh-CN.html")"
}

state=$(made_of | sha1sum) || exit 3
if [ "$state" = "$(cat "$out/made-of" 2>/dev/null)" ]; then
	say "nothing has changed"
	tell_where
	exit
fi

# What stands behind a line <!--file NAME--> goes into that file.
cut_apart() {
	awk -v out="$scratch/book" '
	/^<!--file [^ ]*-->$/ {
		close(file)
		file = out "/" substr($0, 10, length($0) - 12)
		folder = file
		sub("/[^/]*$", "", folder)
		if (!made[folder]++ && system("mkdir -p \"" folder "\""))
			exit 3
		next
	}
	{ print >file }'
}

render() {
	BOOK_LANG=$1 BOOK_COURSE=$scratch/$1.lua pandoc -f markdown -t html --wrap=preserve \
		--lua-filter="$room/book.lua" </dev/null | cut_apart
}

say "making all pages, in English and in Chinese; some seconds"
mkdir "$scratch/book" || exit 3
render en & english=$!
render zh-CN & chinese=$!
wait $english || bad=yes
wait $chinese || bad=yes
[ -z "${bad:-}" ] || { say "could not be made"; exit 3; }
copy_pictures() { [ ${#pictures[@]} -eq 0 ] || cp --parents "${pictures[@]}" "$scratch/book"; }
{ cp "$room/book.js" "$scratch/book/" && copy_pictures &&
	cat grader/report/tokens.css "$room/book.css" >"$scratch/book/book.css" &&
	rm -rf "$out" && mv "$scratch/book" "$out"; } || exit 3
"$room/links.sh" "$out" || exit 1
printf '%s\n' "$state" >"$out/made-of"
tell_where
