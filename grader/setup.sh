#!/bin/sh
# SPDX-License-Identifier: MIT
# setup.sh - install what is missing, or print the one command that does.
#
# usage: grader/setup.sh [TIER...]        default: run labs test
#
# It takes a few milliseconds when nothing is missing, so that `make check` can
# call it every time. Exit status: 0 all there, 2 bad usage, 3 something is
# missing and was not installed.

# Daemons are there, which an ordinary user has not in his.
PATH=$PATH:/usr/sbin:/sbin

# The one list: tier, proof, package (Debian's and Ubuntu's name), what for.
# A proof is the very thing that is needed, however it came onto the machine:
#   cmd:X  the command X is found
#   lib:X  pkg-config knows the library X
#   gcc:X  gcc finds its file X
#   clang:X  clang has a file whose name begins so
packages='
run      cmd:gcc          gcc             compiles the grader and the submissions
run      gcc:libasan.so   gcc             AddressSanitizer and UBSan, for memory checks
run      gcc:libc.a       libc6-dev       C headers, and a static libc for the sandbox
run      cmd:make         make            builds everything
run      cmd:pkg-config   pkg-config      finds the libraries
run      cmd:msgfmt       gettext         the texts in other languages
run      lib:jansson      libjansson-dev  writes results as JSON
run      lib:libxml-2.0   libxml2-dev     reads the reports of valgrind
run      lib:libcmark     libcmark-dev    shows what a handout says in a report
run      cmd:valgrind     valgrind        memory errors and data races
run      cmd:bwrap        bubblewrap      the sandbox that submissions run in
labs     cmd:ss           iproute2        ss: sockets and their states
labs     cmd:strace       strace          system calls as they happen
labs     cmd:nc           netcat-openbsd  nc: a client for the first server
labs     cmd:ps           procps          ps, pgrep: processes and threads
labs     cmd:xxd          xxd             shows bytes
desk     cmd:jq           jq              reads results
desk     cmd:entr         entr            runs the checks again when a file is saved
desk     cmd:ss           iproute2        finds a free port
class    cmd:jq           jq              reads results
class    cmd:parallel     parallel        grades several submissions at once
class    cmd:bsdtar       libarchive-tools  reads archives of all kinds
class    cmd:sim_c        similarity-tester  finds programs that are alike
kits     cmd:jq           jq              reads what a platform says of a submission
kits     cmd:unzip        unzip           unpacks what was handed in
kits     cmd:zip          zip             packs the kit for Gradescope
book     cmd:pandoc       pandoc          makes web pages of the handouts
book     cmd:jq           jq              reads what the grader says of itself
test     lib:cmocka       libcmocka-dev   unit tests
test     cmd:jq           jq              looks into JSON results
test     cmd:entr         entr            is what make watch is tried with
test     cmd:ss           iproute2        is what make run finds a port with
test     cmd:pandoc       pandoc          is what make book makes pages with
test     cmd:xmllint      libxml2-utils   reads the pages of the book
test     cmd:parallel     parallel        keeps all cores busy
test     cmd:zip          zip             is what kits are packed with
test     cmd:unzip        unzip           is what they are unpacked with
test     cmd:patch        patch           makes mutants out of solutions
test     cmd:perl         perl-base       finds the texts in the tables of diagnoses
test     cmd:prove        perl            reads TAP
test     cmd:jsonschema   python3-jsonschema  holds JSON against what platforms publish
test     cmd:bsdtar       libarchive-tools  reads archives of a class
test     cmd:zip          zip             makes archives of a class
test     cmd:sim_c        similarity-tester  finds programs that are alike
test     cmd:gnuplot      gnuplot-nox     draws what make bench measured
test     lib:libevent     libevent-dev    a server that ours are measured beside
test     lib:libuv        libuv1-dev      another one
test     lib:liburing     liburing-dev    and a third
bench    cmd:gnuplot      gnuplot-nox     draws what was measured
bench    cmd:jq           jq              reads and sums up results
bench    cmd:ss           iproute2        finds a free port
bench    cmd:patch        patch           makes a variant of a server
bench    cmd:xinetd       xinetd          a process for each client, by a program of others
bench    lib:libevent     libevent-dev    a server that ours are measured beside
bench    lib:libuv        libuv1-dev      another one
bench    lib:liburing     liburing-dev    and a third
browser  cmd:chromium     chromium        shows the HTML report
browser  cmd:node         nodejs          asks chromium what it shows
browser  cmd:npm          npm             installs what node needs for that
cluster  cmd:sshd         openssh-server  hosts that a class is graded on
cluster  cmd:rsync        rsync           takes the grader to these hosts
cluster  cmd:slurmctld    slurmctld       a cluster of one node
cluster  cmd:slurmd       slurmd          its node
cluster  cmd:sbatch       slurm-client    gives it work
cluster  cmd:munged       munge           who is who in it
fuzz     cmd:clang        clang           compiles what is fuzzed
fuzz     clang:libclang_rt.fuzzer  libclang-rt-dev  libFuzzer
lint     cmd:clang        clang           a second compiler
lint     cmd:clang-format  clang-format    layout of C
lint     cmd:clang-tidy   clang-tidy      mistakes in C
lint     cmd:cppcheck     cppcheck        mistakes in C
lint     cmd:shellcheck   shellcheck      mistakes in shell
'

# Names that differ from Debian's, for managers that are only told about, never
# run: a best effort, not tested.
name_for() {
	case $1:$2 in
	dnf:gcc) echo gcc libasan libubsan ;;
	dnf:libc6-dev) echo glibc-devel glibc-static ;;
	dnf:pkg-config) echo pkgconf-pkg-config ;;
	dnf:libjansson-dev) echo jansson-devel ;;
	dnf:libcmark-dev) echo cmark-devel ;;
	dnf:iproute2) echo iproute ;;
	dnf:netcat-openbsd) echo nmap-ncat ;;
	dnf:clang-format | dnf:clang-tidy) echo clang-tools-extra ;;
	dnf:shellcheck | zypper:shellcheck) echo ShellCheck ;;
	zypper:libc6-dev) echo glibc-devel glibc-devel-static ;;
	zypper:parallel) echo gnu_parallel ;;
	zypper:clang-format | zypper:clang-tidy) echo clang-tools ;;
	dnf:xxd) echo vim-common ;;
	dnf:libarchive-tools | zypper:libarchive-tools) echo bsdtar ;;
	pacman:libarchive-tools) echo libarchive ;;
	dnf:lib*-dev | zypper:lib*-dev) echo "${2}el" ;;
	pacman:libc6-dev) echo glibc ;;
	pacman:libxml2-dev | dnf:libxml2-utils | pacman:libxml2-utils) echo libxml2 ;;
	zypper:libxml2-utils) echo libxml2-tools ;;
	pacman:lib*-dev) name=${2#lib}; echo "${name%-dev}" ;;
	pacman:netcat-openbsd) echo openbsd-netcat ;;
	pacman:clang-format | pacman:clang-tidy) echo clang ;;
	pacman:pkg-config | apk:pkg-config) echo pkgconf ;;
	apk:libc6-dev) echo musl-dev ;;
	apk:libjansson-dev | apk:libcmocka-dev | apk:libcmark-dev) echo "${2#lib}" ;;
	apk:clang-format | apk:clang-tidy) echo clang-extra-tools ;;
	dnf:procps | pacman:procps | apk:procps) echo procps-ng ;;
	*) echo "$2" ;;
	esac
}

say() {
	printf 'setup: %s\n' "$*" >&2
}

# gcc answers with a path for a file that it has, with the bare name otherwise.
is_there() {
	case $1 in
	cmd:*) command -v "${1#cmd:}" >/dev/null ;;
	lib:*) pkg-config --exists "${1#lib:}" 2>/dev/null ;;
	gcc:*)
		path=$(gcc -print-file-name="${1#gcc:}" 2>/dev/null)
		[ "$path" != "${path#/}" ]
		;;
	clang:*)
		path=$(clang -print-resource-dir 2>/dev/null)
		[ -n "$(find "$path/lib" -name "${1#clang:}*" 2>/dev/null)" ]
		;;
	esac
}

# Sets `missing` to the packages of these tiers whose proof fails, and `why` to
# a line on each.
look_for() {
	missing='' why=''
	while read -r tier proof package what; do
		case " $* " in *" ${tier:-none} "*) ;; *) continue ;; esac
		is_there "$proof" && continue
		case "$missing " in *" $package "*) continue ;; esac
		missing="$missing $package"
		why="$why$(printf '\n  %-14s  %s' "$package" "$what")"
	done <<-END
		$packages
	END
}

# Debian only recommends libc's symbols to valgrind, and recommendations are
# left out; without them its stacks have no names for libc's functions.
apt_packages() {
	case "$missing " in
	*' valgrind '*) echo "$missing libc6-dbg" ;;
	*) echo "$missing" ;;
	esac
}

# stdout is left out: a hundred lines of unpacking tell nobody anything.
apt() {
	${sudo:+sudo -n} env DEBIAN_FRONTEND=noninteractive apt-get -qq \
		-o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@" \
		</dev/null >/dev/null
}

# The lists of packages may be absent, or too old for what they promise: then
# they are fetched, once, and the errors of the second attempt count.
install_with_apt() {
	# shellcheck disable=SC2046 # one word for each package is meant
	set -- install -y --no-install-recommends $(apt_packages)
	apt "$@" 2>/dev/null || { apt update && apt "$@"; }
}

first_found() {
	for name; do
		command -v "$name" >/dev/null && echo "$name" && return
	done
}

names_for() {
	for package in $missing; do
		name_for "$1" "$package"
	done | tr ' ' '\n' | sort -u | tr '\n' ' '
}

# $as is what an ordinary user types before a command.
command_for() {
	case $1 in
	apt-get)
		printf '%s' "${as}apt-get update && ${as}apt-get install -y" \
			" --no-install-recommends$(apt_packages)"
		;;
	dnf) echo "${as}dnf install $(names_for dnf)" ;;
	pacman) echo "${as}pacman -S --needed $(names_for pacman)" ;;
	zypper) echo "${as}zypper install $(names_for zypper)" ;;
	apk) echo "${as}apk add $(names_for apk)" ;;
	esac
}

tell() {
	manager=$(first_found apt-get dnf pacman zypper apk)
	if [ -z "$manager" ]; then
		say "missing, and no package manager is known here to get it from:$why"
		return
	fi
	as=''
	[ "$(id -u)" -eq 0 ] || ! command -v sudo >/dev/null || as='sudo '
	command=$(command_for "$manager")
	[ "$(id -u)" -eq 0 ] || [ -n "$as" ] || command="su -c '$command'"
	say "missing:$why"
	say "to install it, type:"
	printf '\n  %s\n\n' "$command" >&2
	[ "$manager" = apt-get ] ||
		say "(only Debian and Ubuntu are tested: $manager's names may differ)"
}

may_install() {
	command -v apt-get >/dev/null || return
	[ "$(id -u)" -eq 0 ] && sudo='' && return
	command -v sudo >/dev/null && sudo -n true 2>/dev/null && sudo=yes
}

[ $# -gt 0 ] || set -- run labs test
for tier; do
	case $tier in
	run | labs | desk | kits | class | book | bench | test | browser | cluster | lint | fuzz) ;;
	*) say "no such tier: $tier (run, labs, desk, kits, class, book, bench, test, browser, cluster, lint, fuzz)"; exit 2 ;;
	esac
done

# What npm installs is beside its list, in the very version that stands there.
install_for_browser() {
	cd "$(dirname "$0")/../tests/browser" || exit 3
	pinned=$(sed -n 's/.*"playwright-core": *"\([^"]*\)".*/\1/p' package.json)
	grep -q "\"version\": *\"$pinned\"" node_modules/playwright-core/package.json \
		2>/dev/null && return
	say "installing playwright-core $pinned with npm"
	npm install --no-audit --no-fund --loglevel=error >/dev/null && return
	say "npm could not; by hand: cd $PWD && npm install"
	exit 3
}

finish() {
	case " $* " in *' browser '*) install_for_browser ;; esac
	exit 0
}

look_for "$@"
[ -n "$missing" ] || finish "$@"
if may_install; then
	say "installing with apt-get, which may take some minutes:$why"
	install_with_apt
	look_for "$@"
	[ -n "$missing" ] || finish "$@"
fi
tell
exit 3
