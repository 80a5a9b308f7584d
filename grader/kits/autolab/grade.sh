#!/bin/bash
# SPDX-License-Identifier: MIT
# grade.sh - grade what was handed in to Autolab; the last line is the scores.
#
# usage: grade.sh DIR
#
# DIR has what was handed in, as handin.tar, .tar.gz, .tgz, .zip or .c (which is
# server.c of a lab with that file only). The grader is built here, unless the
# image has it in $NETLABS, /opt/netlabs by default.
kit=$(cd "$(dirname "$0")" && pwd) || exit 3
# shellcheck source=/dev/null
. "$kit/kit.conf" || exit 3
course=${NETLABS:-/opt/netlabs}
[ -x "$course/build/grade" ] || course=$kit/course
[ -x "$course/build/grade" ] || "$course/grader/kits/prepare.sh" >&2 || exit 3

submission=$(mktemp -d) || exit 3
trap 'rm -rf "$submission"' EXIT
for file in "$1"/handin.*; do
	case $file in
	*.tar | *.tar.gz | *.tgz) tar -xf "$file" -C "$submission" --no-same-owner --no-same-permissions ;;
	*.zip) unzip -q "$file" -d "$submission" ;;
	*.c) cp "$file" "$submission/server.c" ;;
	*) false ;;
	esac || {
		printf '%s cannot be unpacked: hand in a tar or a zip\n{"scores": {}}\n' "${file##*/}"
		exit
	}
done

"$course/build/grade" "$SANDBOX" --policy "$kit/policy.ini" -f autolab -s "$submission" "$LAB"
status=$?
case $status in
0 | 1) ;;
2) echo '{"scores": {}}' ;; # nothing could be graded: no score, and not a 0
*) exit "$status" ;;
esac
