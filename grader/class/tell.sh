# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# tell.sh - the gradebook, the page and the students' reports, of the results that are there; class.sh sources it.
# shellcheck disable=SC2154 # what is shared with class.sh

# Into a file that is complete, or as it was.
into() {
	local file=$1
	shift
	if ! "$@" >"$work/draft.page" || ! mv "$work/draft.page" "$out/$file"; then
		fail "$out/$file: cannot be made"
	fi
}

gather() {
	find "$out/results" -name '*.json' -exec cat {} + |
		jq -n --rawfile students "$out/students.tsv" --rawfile keys "$work/keys" \
			--slurpfile list <("$grade" --list -f json "${chosen[@]}") -f grader/class/data.jq
}

gradebook() { jq -r --arg for "$1" -f grader/class/gradebook.jq "$work/data.json"; }

page() {
	jq -r --rawfile css <(cat grader/report/tokens.css grader/class/page.css) --rawfile script grader/class/page.js \
		--arg hash "$(openssl dgst -sha256 -binary grader/class/page.js | base64)" \
		-f grader/class/page.jq "$work/data.json"
}

# Those that are older than their results.
reports() {
	local result report
	for result in "$out"/results/*.json; do
		report=${result##*/}
		report=$out/reports/${report%.json}.html
		[ "$report" -nt "$result" ] || "$grade" --render "$result" -f html -o "$report" || return
	done
}

tell() {
	into .class/data.json gather
	into gradebook.csv gradebook all
	into moodle.csv gradebook moodle
	into canvas.csv gradebook canvas
	reports || fail 'The reports cannot be made.'
	into similar.html similar
	into index.html page
}
