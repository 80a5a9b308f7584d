# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# lib.sh - what the scripts of a class run share; they source it from the course's own directory.
#
#   $grade              the grader
#   printable           stdin's first line with content, made harmless, on stdout
#   quoted TEXT         sets $quoted to TEXT as a JSON string, of printable ASCII
#
# What a run keeps, below OUT:
#
#   students.tsv        a line for each: id, name, platform, its number there, what was handed in
#   submitted/ID/       the labs' .c files as they were handed in, and nothing else
#   results/ID.json     grade's JSON behind a line about the run, see result_line()
#   reports/ID.html     the student's own report, for people
#   index.html, gradebook.csv, moodle.csv, canvas.csv, similar.html
#   .class/             what is under way, and the lock

# shellcheck disable=SC2034 # those who source this use it
grade=${BUILD:-build}/grade

printable() { LC_ALL=C awk '/[^ \t]/ { gsub(/[^ -~]/, "?"); print substr($0, 1, 300); exit }'; }

quoted() {
	local LC_ALL=C
	quoted=${1//[^ -~]/?}
	quoted=${quoted//\\/\\\\}
	quoted=\"${quoted//\"/\\\"}\"
}

# The first line of a result: whose it is, of what, and how the run went. Behind
# it comes what grade has written, without its opening bracket.
#
#   state: graded, refused (the submission cannot be graded: why), or error (the
#   grader could not do its job: why), which is run again
result_line() {
	quoted "$4"
	printf '{"student": "%s", "key": "%s", "state": "%s", "why": %s, "seconds": %d.%03d,\n' \
		"$1" "$2" "$3" "$quoted" $(($5 / 1000)) $(($5 % 1000))
}
