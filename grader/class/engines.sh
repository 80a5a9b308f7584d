# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# engines.sh - where submissions are graded: on this machine, on hosts by ssh, on a cluster; class.sh sources it.
# shellcheck disable=SC2154 # what is shared with class.sh
#
#   choose_engine         sets $engine to local, hosts or slurm, by HOSTS and ENGINE
#   engine_has_sandbox    can all of it confine a program?
#   grade_ENGINE          grades the students of $work/due, lines "id<TAB>key"

choose_engine() {
	engine=${ENGINE:-${HOSTS:+hosts}}
	engine=${engine:-local}
	case $engine in
	local) ;;
	hosts)
		[ -r "${HOSTS:-}" ] || die "HOSTS=${HOSTS:-}: cannot be read"
		needs rsync
		;;
	slurm) needs sbatch ;;
	*) die "ENGINE=$engine: there are local, hosts and slurm" ;;
	esac
}

needs() { command -v "$1" >/dev/null || fail "$1 is not installed, which ENGINE=$engine needs"; }

engine_has_sandbox() {
	case $engine in
	local) grader/class/one.sh --sandbox ;;
	hosts)
		on_hosts --nonall --tag course/grader/class/one.sh --sandbox 2>"$work/why" && return
		cat "$work/why" >&2
		grep -q "no sandbox" "$work/why" || fail "Not every host in $HOSTS can be used."
		return 1
		;;
	slurm) ;; # each job looks for itself
	esac
}

# parallel, which ends with this script; also when that has ended before it was tied to it.
# shellcheck disable=SC2016 # the inner shell is to expand these
tied_parallel() {
	setpriv --pdeathsig KILL bash -c '[ "$PPID" -eq "$0" ] && exec parallel --will-cite "$@"' $$ "$@"
}

# The same each time, and no other run has it.
name_of_run() { printf "class-%s" "$(sha256sum <<<"$out" | head -c 16)"; }

# parallel starts no shell in between: what it starts has it for its parent.
export PARALLEL_SHELL=/bin/bash
parallel_options() {
	options=(--colsep '\t' -a "$work/due" -j "${JOBS:-200%}")
	[ ! -t 2 ] || options+=(--bar)
}

grade_local() {
	parallel_options
	tied_parallel "${options[@]}" \
		setpriv --pdeathsig KILL grader/class/one.sh "$(printf %q "$out")" '{1}' '{2}' "${chosen[@]}"
}

# A host needs what `make setup` installs. What grading takes of the course is copied
# there for the time of the run, into a place in the home directory that is OUT to it.
# The names are quoted by parallel, which newer versions of rsync would do again.
on_hosts() {
	local course=$work/course
	rm -rf "$course"
	mkdir -p "$course"/{grader,common,build}
	cp -r --parents grader/class common/*.h "$course"
	cp "${grade%/*}"/{grade,agent,witness.so,ordered.so,common.a} "$course/build"
	BUILD=build RSYNC_OLD_ARGS=1 tied_parallel --sshloginfile "$HOSTS" --workdir "$(name_of_run)" \
		--env BUILD --basefile "$work/./course" "$@"
}

grade_hosts() {
	parallel_options
	on_hosts "${options[@]}" --transferfile "$out/./submitted/{1}" --return "$out/./results/{1}.json" \
		course/grader/class/one.sh .. '{1}' '{2}' "${chosen[@]}"
	parallel --will-cite --sshloginfile "$HOSTS" --nonall rm -rf "$(name_of_run)"
}

# Few jobs of many submissions each: Slurm starts only some jobs a second. What an
# earlier run has left there goes first, by its name.
grade_slurm() {
	local name cpus packs
	name=$(name_of_run)
	scancel --quiet --user="$(id -un)" --name="$name"
	while squeue --noheader --user="$(id -un)" --name="$name" | grep -q .; do sleep 1; done
	cpus=$(sinfo --noheader --format %C | awk -F / '{ n += $4 } END { print (n > 100 ? 100 : n) }')
	rm -f "$work"/pack.*
	split --number="r/${cpus:-1}" --numeric-suffixes=0 --suffix-length=3 --elide-empty-files "$work/due" "$work/pack."
	packs=("$work"/pack.*)
	trap 'scancel --quiet --user="$(id -un)" --name="$name"; exit 130' INT TERM HUP
	sbatch --wait --quiet --job-name="$name" --array="0-$((${#packs[@]} - 1))" --ntasks=1 --cpus-per-task=1 \
		--chdir="$PWD" --export=ALL --output="$work/pack.%a.said" grader/class/pack.sh "$out" "${chosen[@]}"
}
