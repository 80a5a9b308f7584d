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

# render RESULT OPTION...: under the policy
render() {
	local result=$1 id=${1##*/}
	local time=${time_of[${id%.json}]:-}
	shift
	"$grade" --render "$result" "${policy[@]}" ${time:+--submitted "$time"} "$@"
}

# As they count: what is kept knows nothing of a policy.
results() {
	local result
	[ ${#policy[@]} -gt 0 ] || { find "$out/results" -name '*.json' -exec cat {} +; return; }
	for result in "$out"/results/*.json; do
		head -n 1 "$result"
		render "$result" -f json | tail -n +2
	done
}

gather() {
	results | jq -n --rawfile students "$out/students.tsv" --rawfile keys "$work/keys" \
		--slurpfile list <("$grade" --list "${policy[@]}" -f json "${chosen[@]}") -f grader/class/data.jq
}

gradebook() { jq -r --arg for "$1" -f grader/class/gradebook.jq "$work/data.json"; }

page() {
	jq -r --rawfile css <(cat grader/report/tokens.css grader/class/page.css) --rawfile script grader/class/page.js \
		--arg hash "$(openssl dgst -sha256 -binary grader/class/page.js | base64)" \
		-f grader/class/page.jq "$work/data.json"
}

# Those that are older than their results; under a policy, which has dates, or
# after one, all of them.
reports() {
	local result report all=''
	[ ${#policy[@]} -eq 0 ] && [ ! -e "$work/under-policy" ] || all=yes
	[ ${#policy[@]} -eq 0 ] || : >"$work/under-policy" || return
	for result in "$out"/results/*.json; do
		report=${result##*/}
		report=$out/reports/${report%.json}.html
		[ -z "$all" ] && [ "$report" -nt "$result" ] ||
			render "$result" -f html -o "$report" || return
	done
	[ ${#policy[@]} -gt 0 ] || rm -f "$work/under-policy"
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
