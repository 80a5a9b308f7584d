#!/bin/bash
# SPDX-License-Identifier: MIT
# suite_translation.sh - handouts, glossary and the grader's texts are there in Chinese, and say the same.
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

# ---- the grader's texts

catalog=grader/po/zh_CN.po
grade=${BUILD:-build}/grade
texts=$scratch/texts.pot
silent() {
	local said
	said=$("$@" 2>&1) || said=${said:-failed}
	[ -z "$said" ] || echo "$said"
	[ -z "$said" ]
}
take_texts() { grader/po/update.sh --print >"$texts"; }
try 'the texts can be taken from the source' take_texts
try 'each text has its translation, and no other is there' silent msgcmp "$catalog" "$texts"
try 'formats agree' silent msgfmt --check-format --check-domain -o /dev/null "$catalog"
try 'no translation is doubtful' silent msgattrib --only-fuzzy "$catalog"
try 'no translation is left over' silent msgattrib --only-obsolete "$catalog"

# By what the grader itself has in its tables, however that stands in the source.
all_in_tables() {
	LANGUAGE=en "$grade" --list -f json all >"$scratch/en.json" &&
		LANGUAGE=zh_CN "$grade" --list -f json all >"$scratch/zh.json" || return
	# shellcheck disable=SC2016 # the words are jq's
	local all_texts='[.labs[] | .title, (.checks[] | .claim, .hint)] + [.diagnoses[] | .title, .text]'
	jq -r -s "map($all_texts)"' | transpose | if length < 400 then "too few" else empty end,
		(.[] | select(.[1] | test("[^ -~]") | not) | "not in Chinese: \(.[0])")' \
		"$scratch/en.json" "$scratch/zh.json" >"$scratch/english"
	silent cat "$scratch/english"
}
try 'each claim, hint and diagnosis is told in Chinese' all_in_tables

lacks_one() {
	awk -v RS= -v ORS='\n\n' '!/msgid "hint"/' "$catalog" >"$scratch/short.po"
	! silent msgcmp "$scratch/short.po" "$texts"
}
try 'a text without translation is noticed' lacks_one

# ---- who reads which

# Reads $1 in an environment with nothing about languages but what follows.
list_in() {
	env -u LC_ALL -u LANGUAGE -u LC_MESSAGES -u LANG "${@:2}" "$grade" --list 01 >"$scratch/list" &&
		case $1 in
		zh) grep -q '客户端的消息原样返回' "$scratch/list" ;;
		en) grep -q "the client's message comes back" "$scratch/list" ;;
		esac
}
for set in LANG=zh_CN.UTF-8 LANG=zh_CN LANG=zh_SG.UTF-8 LANGUAGE=zh_CN LANGUAGE=zh:en LC_MESSAGES=zh_CN.UTF-8 \
	'LANG=en_US.UTF-8 LANGUAGE=xx:zh_CN' 'LC_ALL=C.UTF-8 LANGUAGE=zh_CN'; do
	# shellcheck disable=SC2086 # one word for each variable
	try "$set: Chinese" list_in zh $set
done
for set in LANG=C.UTF-8 LANG=xx_YY.UTF-8 LANGUAGE=xx LANGUAGE=en:zh_CN 'LANG=zh_CN.UTF-8 LANGUAGE=en' \
	'LC_ALL=C LANGUAGE=zh_CN' 'LC_ALL=en_US.UTF-8 LANG=zh_CN.UTF-8' LANGUAGE=../zh; do
	# shellcheck disable=SC2086
	try "$set: English" list_in en $set
done

# ---- a failure, in both

mkdir "$scratch/wrong" && patch -s -o "$scratch/wrong/server.c" solutions/03-fork/server.c \
	tests/mutants/03-fork/never-reaps.patch || exit 3
report() {
	local language=$1
	shift
	LANGUAGE=$language "$grade" -s "$scratch/wrong" -c fork.reaps -o "$scratch/$language.out" "$@" 03
	[ $? -eq 1 ]
}
says() { grep -qF -- "$1" "$scratch/zh_CN.out" || { head -c 5000 "$scratch/zh_CN.out"; return 1; }; }
try 'a failure is told in Chinese' report zh_CN
try '... its claim' says 'fork.reaps: 20 个客户端来过又离开，没有留下僵尸进程'
try '... its steps' says '客户端 1 发送 "hello\n"'
try '... what was expected' says '期望       没有僵尸进程'
try '... what was seen' says '看到       20 个客户端离开后，有 20 个僵尸进程'
try '... its diagnosis' says 'zombies: 没有回收结束的子进程'
try '... its hint' says '结束的子进程的退出状态，由谁来取？'
try '... where to read' says 'labs/03-fork/README.zh-CN.md#zombies'
try '... the timeline' says '：是僵尸进程'
no_line_is_wide() { [ "$(wc -L <"$scratch/zh_CN.out")" -le 100 ] || { wc -L "$scratch/zh_CN.out"; return 1; }; }
try '... in no more than 100 columns' no_line_is_wide

try 'the HTML report is in Chinese' report zh_CN -f html
try '... and says so' says '<html lang="zh-CN">'
try '... with what the Chinese handout says' says '结束的子进程一直占着进程表里的一项'
try '... with the arrows of its picture' says 'class="arrow"'

same_json() {
	report zh_CN -f json && report en -f json || return
	for language in zh_CN en; do
		jq -S 'walk(if type == "object" then del(.seconds, .ms, .timeline) else . end)' \
			"$scratch/$language.out" >"$scratch/$language.json" || return
	done
	diff "$scratch/en.json" "$scratch/zh_CN.json" && ! LC_ALL=C grep -q '[^ -~]' "$scratch/zh_CN.out"
}
try 'JSON is English, and the same in both' same_json
try 'help is the same in both' cmp <("$grade" --help) <(LANGUAGE=zh_CN "$grade" --help)
finish
