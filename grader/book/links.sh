#!/bin/bash
# SPDX-License-Identifier: MIT
# links.sh - does every link of the built book lead somewhere?
#
# usage: grader/book/links.sh DIR
#
# It prints a line for each link that leads to no file, or to no anchor of its
# page; for each anchor that a page has twice; and for what would be loaded from
# elsewhere. Links to other sites are not followed: they are printed as well, after
# "elsewhere:". Exit status: 0 if all is well, 1 if not, 3 if there is no book.
#
# (linkchecker finds the same, but was not done with a book after five minutes.)
cd "${1:?usage: links.sh DIR}" && [ -e index.html ] || exit 3

# Each record is a tag and what stands behind it.
find . -type f ! -name '*.html' -printf 'file %P\n' -o -name '*.html' -printf '%P\n' | sort |
	awk '
/^file / { files[$2]; next }
{ files[$1]; pages[++n_pages] = $1 }

END {
	RS = "<"
	for (i = 1; i <= n_pages; i++) {
		while ((getline tag < pages[i]) > 0)
			read_tag(pages[i], tag)
		close(pages[i])
	}
	for (i = 1; i <= n_links; i++)
		follow(from[i], to[i])
	printf "%d pages, %d links, %d that lead nowhere\n", n_pages, n_links, n_bad
	exit n_bad > 0
}

function read_tag(page, tag, id) {
	sub(/>.*/, "", tag)
	id = value(tag, "id")
	if (id != "" && anchors[page "#" id]++)
		bad(page, "has two anchors " id)
	if (value(tag, "src") ~ /^[a-z]*:|^\/\// || tag ~ /^link .*href="([a-z]*:|\/\/)/)
		bad(page, "would load " tag)
	remember(page, value(tag, "src"))
	remember(page, value(tag, "href"))
}

function value(tag, name) {
	if (!match(tag, "[ \n]" name "=\"[^\"]*\""))
		return ""
	return substr(tag, RSTART + length(name) + 3, RLENGTH - length(name) - 4)
}

function remember(page, link) {
	if (link == "")
		return
	from[++n_links] = page
	to[n_links] = link
}

function follow(page, link, file, anchor) {
	if (link ~ /^https?:\/\/[a-zA-Z0-9.-]+\.[a-z]+([\/?#][^ ]*)?$/) {
		if (!told[link]++)
			print "elsewhere: " link
		return
	}
	file = anchor = link
	sub(/#.*/, "", file)
	if (!sub(/^[^#]*#/, "", anchor))
		anchor = ""
	file = file == "" ? page : resolved(page, file)
	if (!(file in files))
		bad(page, "leads to no file: " link)
	else if (anchor != "" && !((file "#" anchor) in anchors))
		bad(page, "leads to no anchor: " link)
}

# A relative link, as it is seen from the top.
function resolved(page, link) {
	sub(/[^\/]*$/, "", page)
	link = page link
	while (sub(/[^\/.][^\/]*\/\.\.\//, "", link))
		;
	return link
}

function bad(page, what) {
	print page ": " what
	n_bad++
}'
