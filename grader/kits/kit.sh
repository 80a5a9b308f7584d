#!/bin/bash
# SPDX-License-Identifier: MIT
# kit.sh - pack what a platform, or a student, needs of the course.
#
# usage: [LAB=03] [POLICY=FILE] [SANDBOX=off] grader/kits/kit.sh gradescope|github|autolab|student
#
# A kit has only files that git tracks, as they are in this checkout, and its own
# settings: kit.conf, and the policy. The same checkout makes the same kit, byte for
# byte: names are sorted, owners left out, and times are those of the last commit.
# Kits land in build/kits/, whole or not at all.
cd "$(dirname "$0")/../.." || exit 3
export LC_ALL=C TZ=UTC
build=${BUILD:-build}
out=$build/kits
lab=${LAB:-all}
umask 022

say() { printf 'kit: %s\n' "$*" >&2; }
die() { say "$*"; exit 2; }

# Complains of the lab and of the policy in the grader's own words.
"$build/grade" --list ${POLICY:+--policy "$POLICY"} "$lab" >/dev/null || exit
case ${SANDBOX:-} in
'') sandbox=--require-sandbox ;;
off) sandbox=--no-sandbox ;;
*) die "SANDBOX is off, or not set" ;;
esac
epoch=$(git log -1 --format=%ct 2>/dev/null) ||
	die "a kit is made of what git tracks, and here is no checkout"

scratch=$(mktemp -d) || exit 3
trap 'rm -rf "$scratch"' EXIT
trap 'exit 3' INT TERM HUP
set -e -o pipefail

# course_into DIR PATH...: what git tracks of these paths.
course_into() {
	local to=$1
	shift
	mkdir -p "$to"
	git ls-files -z -- "$@" | tar -c --null -T - | tar -x -C "$to"
}

# What grading needs: no solution, and nothing that shows how a check is fooled.
grader_into() {
	course_into "$1" LICENSE Makefile README.md common grader 'labs/*.md' ':!grader/class' ':!grader/kits'
	course_into "$1" grader/kits/prepare.sh
}

settings_into() {
	{
		echo "# What this kit was made with; you may change it."
		echo "LAB=$lab"
		echo "SANDBOX=$sandbox"
	} >"$1/kit.conf"
	cat "${POLICY:-grader/policy.ini}" >"$1/policy.ini"
}

same_for_all() {
	chmod -R u=rwX,go=rX "$1"
	find "$1" -exec touch -h -d "@$epoch" {} +
}

# tar_of DIR NAME: onto stdout, the folder of that name in it.
tar_of() {
	same_for_all "$1"
	tar --sort=name --mtime="@$epoch" --owner=0 --group=0 --numeric-owner --format=gnu \
		-C "$1" -c -- "$2"
}

# finished NAME: what was packed becomes visible.
finished() {
	mkdir -p "$out"
	rm -rf "${out:?}/$1"
	mv "$scratch/$1" "$out/$1"
	say "$(du -sh "$out/$1" | cut -f 1) in $out/$1; grader/README.md says what to do with it"
}

gradescope() {
	local dir=$scratch/zip
	grader_into "$dir/course"
	settings_into "$dir"
	cp grader/kits/gradescope/{setup.sh,run_autograder} "$dir"
	same_for_all "$dir"
	(cd "$dir" && find . -type f | sed 's,^\./,,' | sort | zip -q -X -@ "$scratch/gradescope.zip")
	finished gradescope.zip
}

# A tar with a folder: what the other two platforms unpack.
packed_grader() {
	grader_into "$scratch/tar/grader-kit/course"
	settings_into "$scratch/tar/grader-kit"
	cp "$1" "$scratch/tar/grader-kit"
	tar_of "$scratch/tar" grader-kit
}

github() {
	local dir=$scratch/github/.github
	mkdir -p "$dir/workflows"
	cp grader/kits/github/classroom.yml "$dir/workflows"
	packed_grader grader/kits/github/grade.sh | gzip -n -9 >"$dir/grader-kit.tar.gz"
	same_for_all "$scratch/github"
	finished github
}

autolab() {
	local dir=$scratch/autolab
	mkdir "$dir"
	cp grader/kits/autolab/autograde-Makefile "$dir"
	packed_grader grader/kits/autolab/grade.sh >"$dir/autograde.tar"
	same_for_all "$dir"
	finished autolab
}

# The course for those who do it: what speaks of the rest is taken out, too.
student() {
	local dir=$scratch/top/netlabs
	course_into "$dir" . ':!solutions' ':!tests' ':!.ci' ':!grader/class' ':!grader/kits' ':!grader/README.md'
	sed -i -f grader/kits/student.sed "$dir"/{README.md,Makefile,grader/book/start.zh-CN.md}
	tar_of "$scratch/top" netlabs | gzip -n -9 >"$scratch/student.tar.gz"
	finished student.tar.gz
}

case ${1:-} in
gradescope | github | autolab | student) "$1" ;;
*) die "which kit? gradescope, github, autolab or student" ;;
esac
