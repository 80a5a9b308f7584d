#!/bin/bash
# SPDX-License-Identifier: MIT
# update.sh - bring the catalogs up to date with the texts in the source.
#
# usage: grader/po/update.sh           what is new has an empty msgstr afterwards
#        grader/po/update.sh --print   only print all texts, as a catalog of none
#
# Exit status: 0 done, 2 bad usage, 3 it could not be done.
cd "$(dirname "$0")/../.." || exit 3
set -o pipefail
common=(--from-code=UTF-8 --add-location=file --no-wrap --package-name=grade -o -)

# In the tables of checks and diagnoses a field's name says that it is a text.
marked() {
	local file
	for file in "$@"; do
		printf '#line 1 "%s"\n' "$file"
		perl -0777 -pe 's/\.(hint|title|text) =\s*((?:"(?:[^"\\]|\\.)*"\s*)+)/.$1 = N_($2)/g' "$file"
	done
}

texts() {
	local from
	from=$(mktemp -d) || return
	marked grader/*.[ch] grader/*/*.[ch] |
		xgettext -L C "${common[@]}" --keyword --keyword=_ --keyword=N_ --keyword=sentence:1 \
			--keyword=step:2 --keyword=skip:2 \
			--keyword=CHECK:4 --keyword=BUILD_CHECK:4 \
			--flag=sentence:1:c-format --flag=step:2:c-format - >"$from/c.pot" &&
		xgettext -L Shell "${common[@]}" --keyword --keyword=said grader/desk/*.sh >"$from/sh.pot" &&
		msgcat --no-wrap --use-first "$from/c.pot" "$from/sh.pot"
	set -- $?
	rm -rf "$from"
	return "$1"
}

case $*: in
--print:) texts || exit 3 ;;
:)
	new=$(mktemp) || exit 3
	trap 'rm -f "$new"' EXIT
	texts >"$new" || exit 3
	for catalog in grader/po/*.po; do
		msgmerge -q --update --backup=none --no-fuzzy-matching --no-wrap \
			--add-location=file "$catalog" "$new" &&
			msgattrib --no-obsolete --no-wrap --add-location=file -o "$catalog" "$catalog" || exit 3
		printf '%s: ' "$catalog" && msgfmt --statistics -o /dev/null "$catalog" 2>&1
	done
	;;
*) echo 'usage: grader/po/update.sh [--print]' >&2; exit 2 ;;
esac
