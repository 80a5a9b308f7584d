#!/bin/bash
# SPDX-License-Identifier: MIT
# suite_translation.sh - each handout and the glossary are there in Chinese, and say the same.
#
# shellcheck disable=SC2317 # try() calls the functions by name
cd "$(dirname "$0")/.." || exit 3
. tests/tap.sh

same() {
	[ -e "${1%.md}.zh-CN.md" ] || { echo "there is no ${1%.md}.zh-CN.md"; return 1; }
	tests/check_translation.sh "${1%.md}.zh-CN.md"
}

for english in labs/*/README.md labs/GLOSSARY.md; do
	try "$english in Chinese: headings, anchors, code, links, diagnoses" same "$english"
done

# The check itself must be able to fail.
scratch=$(mktemp -d) || exit 3
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM HUP
notices() {
	mkdir -p "$scratch/labs" && cp -r labs/01-bare "$scratch/labs/" && cp labs/GLOSSARY* "$scratch/labs/" &&
		sed -i "$1" "$scratch/labs/01-bare/README.zh-CN.md"
	! tests/check_translation.sh "$scratch/labs/01-bare/README.zh-CN.md" >/dev/null
}
try 'a changed command is noticed' notices '0,/^\$ /s/^\$ /$ x/'
try 'a heading that is missing is noticed' notices '0,/^### /{/^### /d}'
try 'a changed anchor is noticed' notices '0,/<a id="/s/<a id="/<a id="x/'
finish
