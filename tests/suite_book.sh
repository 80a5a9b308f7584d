#!/bin/bash
# SPDX-License-Identifier: MIT
# suite_book.sh - the book is whole: pages, anchors, drawings, and no link leads nowhere.
#
# How it looks, and whether its search finds anything, a browser tells: see
# suite_browser.sh.
#
# shellcheck disable=SC2317 # try() calls the functions by name
cd "$(dirname "$0")/.." || exit 3
. tests/tap.sh
BUILD=$(realpath "${BUILD:-build}") || exit 3
export BUILD
book=$BUILD/book
scratch=$(mktemp -d) || exit 3
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM HUP
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES

says() { grep -q -- "$1" "$scratch/said" || { cat "$scratch/said"; return 1; }; }
have() {
	local file missing=0
	for file; do
		[ -s "$book/$file" ] || { echo "there is no $file"; missing=1; }
	done
	return "$missing"
}
both() {
	local page
	for page; do
		printf '%s\n' "$page.html" "$page.zh-CN.html"
	done
}
list=$("$BUILD/grade" --list -f json all) || exit 3

# ---- it is made ------------------------------------------------------------------

before=$(git status --porcelain 2>/dev/null)
made() {
	rm -rf "$book"
	make book >"$scratch/said" 2>&1 || { cat "$scratch/said"; return 1; }
	says "xdg-open $book/index.html"
}
try 'make book makes it, and says how to open it' made
again() {
	touch -d 2001-01-01 "$book/index.html"
	make book >"$scratch/said" 2>&1 && says 'nothing has changed' &&
		[ "$(date -r "$book/index.html" +%Y)" = 2001 ]
}
try 'a second make book does nothing' again
outside() {
	local after
	after=$(git status --porcelain 2>/dev/null)
	diff <(echo "$before") <(echo "$after")
}
try 'nothing is written beside the build' outside

# ---- what is in it ---------------------------------------------------------------

mapfile -t markdown < <(printf '%s\n' labs/*/*.md labs/*.md)
mapfile -t sources < <(printf '%s\n' common/*.[ch] solutions/*/*)
mapfile -t diagnoses < <(jq -r '.diagnoses[].id' <<<"$list")

try 'the first page, in both languages' have index.html index.zh-CN.html
try "a page for each of ${#markdown[@]} handouts and glossaries" have "${markdown[@]/%.md/.html}"
# shellcheck disable=SC2046 # a word for each page is meant
try "a page for each of ${#diagnoses[@]} diagnoses" have $(both "${diagnoses[@]/#/diagnoses/}" diagnoses/index)
# shellcheck disable=SC2046
try "a page for each of ${#sources[@]} sources" have $(both "${sources[@]}" solutions/index)

# As the pages have them: HTML, with code where the grader has `...`.
diagnoses_as_html() {
	jq -r 'def page: gsub("&"; "&amp;") | gsub("<"; "&lt;") | gsub(">"; "&gt;") |
			gsub("\""; "&quot;") | gsub("`(?<c>[^`]*)`"; "<code>\(.c)</code>");
		.diagnoses[] | [.id, (.title | page), (.text | page)] | @tsv'
}
# How the names of its pages end, in this language of the grader.
diagnoses_explained_in() {
	local id title text words missing=0
	while IFS=$'\t' read -r id title text; do
		words=$(<"$book/diagnoses/$id$2")
		[[ $words == *"$title"*"$text"* ]] || { echo "$id$2 does not say: $title. $text"; missing=1; }
	done < <(LANGUAGE=$1 "$BUILD/grade" --list -f json all | diagnoses_as_html)
	return "$missing"
}
diagnoses_explained() { diagnoses_explained_in en .html && diagnoses_explained_in zh .zh-CN.html; }
try 'each says what the grader says of it' diagnoses_explained
shown() {
	grep -q 'server\] &lt;defunct&gt;' "$book/diagnoses/zombies$1.html"
}
try 'and how it looks' shown ''
try 'and how it looks, in Chinese' shown .zh-CN

# The anchors on stdin that a page has not.
missing_in() {
	local missing
	missing=$(comm -23 <(sort -u) <(grep -o ' id="[^"]*"' "$book/$1" | cut -d '"' -f 2 | sort -u))
	[ -z "$missing" ] || { echo "$1 has not: ${missing//$'\n'/, }"; return 1; }
}
checks_listed() {
	local lab page missing=0
	for lab in $(jq -r '.labs[].lab' <<<"$list"); do
		for page in $(both "labs/$lab/checks"); do
			jq -r --arg lab "$lab" '.labs[] | select(.lab == $lab).checks[].id' <<<"$list" |
				missing_in "$page" || missing=1
		done
	done
	return "$missing"
}
try 'each check has its place' checks_listed

# As web sites that show Markdown make them; the Chinese twins have the same.
anchors_of() {
	awk '
	/^ *```/ { code = !code }
	code || !/^#+ / { next }
	{
		sub(/^#+ /, "")
		s = tolower($0)
		gsub(/[^a-z0-9_ -]/, "", s)
		gsub(/ /, "-", s)
		print s (seen[s] ? "-" seen[s] : "")
		seen[s]++
	}' "$1"
}
anchors_kept() {
	local file page missing=0
	for file in labs/*/README.md labs/GLOSSARY.md; do
		for page in $(both "${file%.md}"); do
			anchors_of "$file" | missing_in "$page" || missing=1
		done
	done
	anchors_of README.md | missing_in index.html && return "$missing"
}
try 'the headings of the handouts have their anchors, in both languages' anchors_kept
taught() {
	local lab missing=0
	for lab in $(jq -r '.labs[].lab' <<<"$list"); do
		jq -r --arg lab "$lab" '.labs[] | select(.lab == $lab).teaches[]' <<<"$list" |
			missing_in "labs/$lab/README.html" || missing=1
	done
	return "$missing"
}
try 'where the grader sends a student to read there is something to read' taught

# Of each block of code, and of each drawing's text: @@, then its lines.
code_in_markdown() {
	awk '
	/^ *```/ {
		if (code = !code)
			print "@@"
		indent = index($0, "`")
		next
	}
	code { print substr($0, indent) }' "$1"
}
code_in_page() {
	xmllint --xpath '//pre' "$1" | sed 's/<pre[^>]*>/@@\n/g; s/<[^>]*>//g; s/&lt;/</g; s/&gt;/>/g; s/&amp;/\&/g'
}
code_kept() {
	local file
	for file in labs/*/README.md; do
		diff <(code_in_markdown "$file") <(code_in_page "$book/${file%.md}.html") || return
	done
}
try 'code is kept to the last line' code_kept

# ---- drawings --------------------------------------------------------------------

# Every word of a drawing stands in its picture, in its order, and no line is
# left among them.
drawn() {
	awk '
	FNR == 1 { pages++ }
	/<figure class="drawing">/ {
		drawings++
		here[FILENAME]++
		picture = writing = ""
	}
	/^<text / { picture = picture " " inside($0) }
	/<pre>/ && sub(/.*<summary>.*<pre>/, "") { folded = 1 }
	folded { writing = writing " " inside($0) }
	folded && /<\/pre>/ {
		folded = 0
		if (picture ~ /--|==|->|<-|\|/ || words(picture) != words(writing)) {
			print FILENAME ": drawn:" words(picture) "\n" FILENAME ": written:" words(writing)
			bad = 1
		}
	}
	function inside(s) {
		gsub(/<[^>]*>/, " ", s)
		gsub(/&lt;/, "<", s)
		gsub(/&gt;/, ">", s)
		return s
	}
	function words(s, out) {
		while (match(s, /[A-Za-z0-9][A-Za-z0-9]+/)) {
			out = out " " substr(s, RSTART, RLENGTH)
			s = substr(s, RSTART + RLENGTH)
		}
		return out
	}
	END {
		for (page in here)
			with++
		print drawings " drawings on " with " of " pages " pages"
		exit bad || with < pages
	}' "$@"
}
try 'each handout has a drawing, and its words are those of the text' drawn "$book"/labs/*/README*.html

# ---- links -----------------------------------------------------------------------

try 'no link leads nowhere' grader/book/links.sh "$book"
# caught WHAT FILE SED: a book with this change in a file is complained about.
caught() {
	local what=$1 file=$2 edit=$3
	cp "$book/$file" "$scratch/kept"
	sed -i "$edit" "$book/$file"
	! cmp -s "$scratch/kept" "$book/$file" || echo 'nothing was changed'
	grader/book/links.sh "$book" >"$scratch/said"
	local status=$?
	cp "$scratch/kept" "$book/$file"
	[ "$status" -eq 1 ] && says "^$file: .*$what"
}
handout=labs/03-fork/README.html
try 'caught: a link to an anchor that is not there' \
	caught 'no anchor: #sigchild' $handout 's/href="#sigchld"/href="#sigchild"/'
try 'caught: a link to an anchor of another page' \
	caught 'no anchor: ../02-loop/README.html#nothing' $handout 's/02-loop\/README.html#exits-early"/02-loop\/README.html#nothing"/'
try 'caught: a link to a page that is not there' \
	caught 'no file: ../01-bear' $handout 's/"\.\.\/01-bare/"..\/01-bear/'
try 'caught: a link out of the book' \
	caught 'no file: ../../../index.html' $handout 's/"\.\.\/\.\.\/index.html/"..\/..\/..\/index.html/'
try 'caught: an anchor twice' caught 'two anchors sigchld' $handout 's/id="pipe2"/id="sigchld"/'
try 'caught: a link that is a program' caught 'javascript:' $handout 's/href="#sigchld"/href="javascript:alert(1)"/'
try 'caught: a script from elsewhere' caught 'would load' index.html 's/src="book.js"/src="https:\/\/example.org\/book.js"/'
try 'caught: a style sheet from elsewhere' caught 'would load' index.html 's/href="book.css"/href="\/\/example.org\/book.css"/'
no_network() { ! grep -nE '(https?:)?//[a-z]|url\(|@import|fetch\(|XMLHttp|import\(' "$book/book.css" <(grep -v '^ *//' "$book/book.js"); }
try 'style sheet and script ask for nothing' no_network

# ---- pages as a program reads them -------------------------------------------------

well_formed() { find "$1" -name '*.html' -exec xmllint --noout {} +; }
try 'all pages are well formed' well_formed "$book"

# count PAGE XPATH N
count() {
	local n
	n=$(xmllint --xpath "count($2)" "$1")
	[ "$n" = "$3" ] || { echo "$1: $2: $n, not $3"; return 1; }
}
# Spoilers are folded, and nothing that a student reads on the way leads to one.
spoilers() {
	local file
	for file in solutions/*/*; do
		count "$book/$file.html" '//details[@class="spoiler" and not(@open)]//pre' 1 || return
	done
	! grep -lrE 'href="[^"]*solutions/[0-9]' "$book"/{labs,diagnoses,common,index*.html}
}
try 'solutions are folded, and only their own index leads to them' spoilers
lines_numbered() { count "$book/$1.html" '//pre//span[starts-with(@id, "L-")]' "$(wc -l <"$1")"; }
try 'each line of a source has an anchor' lines_numbered common/io.c
# languages PAGE LANG TWIN
languages() {
	count "$book/$1" "/html[@lang='$2']" 1 && count "$book/$1" "//a[@class='language' and @href='$3']" 1
}
try 'a page says its language, and leads to its twin' \
	languages labs/03-fork/README.html en README.zh-CN.html
try 'a page in Chinese as well' languages diagnoses/zombies.zh-CN.html zh-CN zombies.html

# ---- what a page must not obey, and what can go wrong ---------------------------------

hostile=$scratch/course
mkdir "$hostile"
cp -r README.md common grader labs solutions "$hostile"
cat >>"$hostile/labs/03-fork/README.md" <<'EOF'

Inline <script>alert(1)</script> and <img src="x" onerror="alert(2)"> and `<b>code</b>`.

<script>alert(3)</script>

<details onclick="alert(4)"><summary>a</summary>

<!--file ../../escaped.html-->

```console
$ echo '</pre><script>alert(5)</script>'
<!--file ../../escaped.html-->
```

```
  </text><script>alert(6)</script> ----> "&"
```

### A <script>alert(7)</script> in a heading

Links to [a file of the book](../../common/io.c), to [one that is not](../../tests/run.sh),
and one that [leads nowhere](#nowhere).
EOF
cat >>"$hostile/common/io.h" <<'EOF'
/* </code></pre></script><script>alert(8)</script>
<!--file ../../escaped.html-->
*/
EOF
sed -i '2s/ - .*/ - <script>alert(9)<\/script>. *\//' "$hostile/common/io.c"
link_reported() {
	"$hostile/grader/book/book.sh" "$scratch/site" >"$scratch/said" 2>&1
	[ $? -eq 1 ] && says '^labs/03-fork/README.html: leads to no anchor: #nowhere' &&
		says ' 1 that lead nowhere'
}
try 'make book fails where a link of a handout leads nowhere' link_reported
files_linked() {
	grep -q '<a href="../../common/io.c.html">a file of' "$scratch/site/labs/03-fork/README.html" &&
		grep -q '<span [^>]*>one that is not' "$scratch/site/labs/03-fork/README.html" &&
		says 'not in the book.*: labs/03-fork/README.md: tests/run.sh'
}
try 'a link to a file leads to its page, or is no link and reported' files_linked
harmless() {
	well_formed "$scratch/site" || return
	local page i
	[ -z "$(find "$scratch" -name escaped.html)" ] || { echo 'a file beside the book'; return 1; }
	for page in labs/03-fork/README common/io.h common/io.c solutions/index index; do
		count "$scratch/site/$page.html" '//script' 1 || return
		count "$scratch/site/$page.html" '//@*[starts-with(name(), "on")]' 0 || return
	done
	for i in {1..9}; do
		grep -rqF "alert($i)" "$scratch"/site/{labs,common} || { echo "alert($i) is not shown"; return 1; }
	done
	! grep -n '<' "$scratch/site/search.js"
}
try 'HTML in a handout or a source is text, but for what folds' harmless

without_pandoc() {
	local status
	mkdir "$scratch/bin"
	for tool in bash dirname jq mkdir mktemp rm awk cat sha1sum head cut grep printf; do
		ln -s "$(command -v "$tool")" "$scratch/bin/"
	done
	PATH=$scratch/bin "$(command -v bash)" "$hostile/grader/book/book.sh" "$scratch/none" >"$scratch/said" 2>&1
	status=$?
	[ "$status" -eq 3 ] && says pandoc && [ ! -e "$scratch/none" ]
}
try 'without pandoc it says so, with status 3' without_pandoc
finish
