#!/bin/bash
# SPDX-License-Identifier: MIT
# grade.sh - grade a checkout in a workflow of GitHub.
#
# usage: [PUSHED_AT=SECONDS] [ATTEMPT=N] grade.sh CHECKOUT
#
# PUSHED_AT is the server's time of the push: what a commit says of itself is the
# student's word. The result goes to $GITHUB_OUTPUT, in base64, where the reporter
# finds it; a report for people goes to the log.
kit=$(cd "$(dirname "$0")" && pwd) || exit 3
# shellcheck source=/dev/null
. "$kit/kit.conf" || exit 3

# Ubuntu's runners keep user namespaces, which the sandbox is made of, from
# programs that no profile names.
restricted=/proc/sys/kernel/apparmor_restrict_unprivileged_userns
if [ "$(cat "$restricted" 2>/dev/null)" = 1 ]; then
	sudo -n sysctl -q -w kernel.apparmor_restrict_unprivileged_userns=0
fi
"$kit/course/grader/kits/prepare.sh" || exit 3

options=(${ATTEMPT:+--attempt "$ATTEMPT"})
if [[ ${PUSHED_AT:-} =~ ^[0-9]+$ ]]; then
	options+=(--submitted "$(date -u -d "@$PUSHED_AT" +%FT%TZ)")
fi
result=$(mktemp) || exit 3
raw=$(mktemp) || exit 3
trap 'rm -f "$result" "$raw"' EXIT
grade=("$kit/course/build/grade" --policy "$kit/policy.ini" "${options[@]}")

"${grade[@]}" "$SANDBOX" -f json -s "$1" -o "$raw" "$LAB"
status=$?
[ "$status" -le 1 ] || exit "$status"
"${grade[@]}" --render "$raw"
"${grade[@]}" --render "$raw" -f github -o "$result" || exit
if [ -n "${GITHUB_OUTPUT:-}" ]; then
	echo "result=$(base64 -w 0 "$result")" >>"$GITHUB_OUTPUT"
else
	cat "$result"
fi
