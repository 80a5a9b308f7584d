#!/bin/bash
# SPDX-License-Identifier: MIT
# suite_browser.sh - all that is HTML, looked at in a browser: reports, the book, a class's page, a campaign's.
#
# usage: tests/suite_browser.sh; `make test-browser` installs what it needs
#
# Four reports: of a solution with all its timelines, of a mutant that fails much,
# of a program that fails everything, and of one that prints what a browser or a
# terminal would obey. Of the book every page. A class of 500, whose results are
# played back, some of them with names that a browser would obey. A short campaign
# of benchmarks. Reports and screenshots are left in build/browser/, to be looked at
# by a person as well.
cd "$(dirname "$0")/.." || exit 3
. tests/matrix.sh
out=$(realpath -m "${BUILD:-build}/browser") || exit 3

scratch=$(mktemp -d) || exit 3
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM HUP

# A report that could not be made leaves no file, and look.mjs ends without a plan.
report() {
	local name=$1 dir=$2
	shift 2
	"$grade" -s "$dir" -f html -o "$out/$name.html" "$@" 03 </dev/null
	[ $? -le 1 ] || { echo "Bail out! grade could not tell of $name"; exit 1; }
}

rm -rf "$out"
mkdir -p "$out" "$scratch"/{mutant,fails,tags} || exit 3
make_mutant tests/mutants/03-fork/no-fork.patch "$scratch/mutant" || exit 3
cp tests/browser/fails.c "$scratch/fails/server.c"
cp tests/browser/tags.c "$scratch/tags/server.c"
report solution solutions/03-fork --timeline
report mutant "$scratch/mutant"
report fails "$scratch/fails"
report tags "$scratch/tags"
grader/book/book.sh >"$out/book.txt" 2>&1 || { echo "Bail out! the book could not be made"; cat "$out/book.txt"; exit 1; }

# Four results in turn; one student has handed in nothing, and with one the grader fails.
mkdir -p "$scratch/results" "$scratch/class"
for name in solution mutant fails tags; do
	dir=$scratch/$name
	[ "$name" != solution ] || dir=solutions/03-fork
	"$grade" -s "$dir" -f json -o "$scratch/results/$name.json" 03 </dev/null
done
cat >"$scratch/grade" <<'END'
#!/bin/sh
while [ $# -gt 2 ]; do shift; done
case ${1##*-} in
*7) name=mutant ;;
*8) name=fails ;;
*9) name=tags ;;
499x) echo 'grade: <b>out of luck</b>' >&2; exit 3 ;;
null) exit 2 ;;
*) name=solution ;;
esac
exec cat "$RESULTS/$name.json"
END
chmod +x "$scratch/grade"
for i in {1..500}; do
	case $i in
	100) name='<img src=x onerror=alert(1)>100' ;;
	200) name='"><b onmouseover=alert(1)>200' ;;
	300) name='学生-300' ;;
	*) printf -v name 'student-%03d' "$i" ;;
	esac
	mkdir -p "$scratch/class/$name/03-fork"
	echo "int n = $i;" >"$scratch/class/$name/03-fork/server.c"
done
mv "$scratch/class/student-499" "$scratch/class/student-499x"
rm -r "$scratch/class/student-500/03-fork"
GRADE=$scratch/grade RESULTS=$scratch/results SUBMISSIONS=$scratch/class LAB=03 OUT=$out/class \
	grader/class/class.sh >"$out/class.txt" 2>&1
[[ $? -eq 3 && -e $out/class/index.html ]] || { echo "Bail out! the class's page could not be made"; cat "$out/class.txt"; exit 1; }
QUICK=1 OUT=$out/bench bench/bench.sh >"$out/bench.txt" 2>&1 ||
	{ echo "Bail out! the campaign's page could not be made"; cat "$out/bench.txt"; exit 1; }

node tests/browser/look.mjs "$out" "${BUILD:-build}/book" "$out/class" "$out/bench" solution mutant fails tags
