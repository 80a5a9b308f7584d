#!/bin/bash
# SPDX-License-Identifier: MIT
# suite_cluster.sh - a class on hosts by ssh, and on a cluster of one node that is started for it.
#
# sshd, munged, slurmctld and slurmd listen on loopback, with keys and directories
# of their own, and end with the suite. Slurm's want root.
#
# shellcheck disable=SC2317 # try() calls the functions by name
cd "$(dirname "$0")/.." || exit 3
. tests/tap.sh
BUILD=$(realpath "${BUILD:-build}") || exit 3
export BUILD LAB=01 PATH=$PATH:/usr/sbin:/sbin
unset OUT HOSTS ENGINE JOBS GRADE
scratch=$(mktemp -d) || exit 3
chmod 755 "$scratch"
daemons=()
stop() {
	[ ${#daemons[@]} -eq 0 ] || kill "${daemons[@]}" 2>/dev/null
	wait
	rm -rf "$scratch"
}
trap stop EXIT
trap 'exit 1' INT TERM HUP

# start COMMAND...: a daemon that stays in the foreground
start() {
	"$@" >"$scratch/${1##*/}.log" 2>&1 &
	daemons+=($!)
}
# until COMMAND...: it works, some day
until_works() {
	local deadline=$((SECONDS + 60))
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $deadline ] || return
		sleep 0.1
	done
}

export SUBMISSIONS=$scratch/class
for student in alice bob '李 雷_7_assignsubmission_file_' dave erin frank; do
	mkdir -p "$SUBMISSIONS/$student"
	cp labs/01-bare/server.c "$SUBMISSIONS/$student"
done
cp solutions/01-bare/server.c "$SUBMISSIONS/alice"

graded_in() {
	diff <(printf '%s\n' 'alice 100' 'bob 5' 'dave 5' 'erin 5' 'frank 5' '李-雷_7 5') \
		<(jq -r '"\(.student) \(.labs[0].points)"' "$1"/results/*.json | sort)
}
# a_class OUT: it is graded, and the second time nobody is due
a_class() {
	local said
	export OUT=$scratch/$1
	if ! said=$(grader/class/class.sh 2>&1 </dev/null) || ! graded_in "$OUT"; then
		echo "$said"
		tail "$OUT"/.class/*.said
		return 1
	fi
	rm "$OUT/results/bob.json"
	said=$(grader/class/class.sh 2>&1 </dev/null)
	graded_in "$OUT" && grep -q "5 have their results, 1 are due" <<<"$said" && return
	echo "$said"
	return 1
}

# ---- by ssh ----------------------------------------------------------------------------

free_port() {
	local port=$1
	while ss -Htan "sport = :$port" | grep -q .; do port=$((port + 1)); done
	echo "$port"
}

start_sshd() {
	local port
	port=$(free_port 22022)
	ssh-keygen -qt ed25519 -N '' -f "$scratch/host" && ssh-keygen -qt ed25519 -N '' -f "$scratch/key" || return
	printf '%s\n' "ListenAddress 127.0.0.1:$port" "HostKey $scratch/host" "AuthorizedKeysFile $scratch/key.pub" \
		'PidFile none' 'StrictModes no' 'MaxStartups 100' >"$scratch/sshd_config"
	printf '[127.0.0.1]:%s %s\n' "$port" "$(cat "$scratch/host.pub")" >"$scratch/known"
	printf '%s\n' 'Host desk-?' 'HostName 127.0.0.1' "Port $port" "IdentityFile $scratch/key" 'IdentitiesOnly yes' \
		"UserKnownHostsFile $scratch/known" 'LogLevel ERROR' >"$scratch/ssh_config"
	[ "$(id -u)" -ne 0 ] || mkdir -p /run/sshd
	start "$(command -v sshd)" -D -e -f "$scratch/sshd_config"
	export PARALLEL_SSH="ssh -F $scratch/ssh_config"
	# shellcheck disable=SC2086 # a command and its options
	until_works $PARALLEL_SSH desk-1 true
}
if command -v sshd rsync >/dev/null && start_sshd; then
	printf '2/desk-1\n2/desk-2\n' >"$scratch/hosts"
	export HOSTS=$scratch/hosts
	try 'two hosts by ssh, and on from where it stopped' a_class 'by ssh'
	nothing_left() { [ -z "$($PARALLEL_SSH desk-1 'ls -d class-*' 2>/dev/null)" ]; }
	try 'the hosts are left as they were' nothing_left
	away() {
		local said
		echo 1/desk-9.invalid >"$scratch/hosts"
		said=$(OUT=$scratch/away PARALLEL_SSH='ssh -o ConnectTimeout=1' grader/class/class.sh 2>&1)
		[ $? -eq 3 ] && grep -q 'Not every host' <<<"$said" && return
		echo "$said"
		return 1
	}
	try 'a host that is away: it says so, and nothing is graded' away
	unset HOSTS
else
	skip 'two hosts by ssh' "no sshd that can be reached, or no rsync: $(cat "$scratch/sshd.log" 2>/dev/null)"
fi

# ---- Slurm -----------------------------------------------------------------------------

start_slurm() {
	local node dir=$scratch/slurm
	node=$(hostname -s)
	mkdir -p "$dir"/{state,spool} && mkdir -m 755 "$scratch/munge" && chown munge: "$scratch/munge" || return
	head -c 128 /dev/urandom >"$scratch/munge/key" && chown munge: "$scratch/munge/key" && chmod 400 "$scratch/munge/key" || return
	start setpriv --reuid=munge --regid=munge --clear-groups munged --foreground --key-file="$scratch/munge/key" \
		--socket="$scratch/munge/socket" --pid-file="$scratch/munge/pid" --log-file="$scratch/munge/log" --seed-file="$scratch/munge/seed"
	cat >"$dir/slurm.conf" <<-END
		ClusterName=test
		SlurmctldHost=$node(127.0.0.1)
		SlurmctldPort=$(free_port 26817)
		SlurmdPort=$(free_port 26818)
		SlurmUser=root
		AuthType=auth/munge
		AuthInfo=socket=$scratch/munge/socket
		CryptoType=crypto/munge
		StateSaveLocation=$dir/state
		SlurmdSpoolDir=$dir/spool
		SlurmctldPidFile=$dir/slurmctld.pid
		SlurmdPidFile=$dir/slurmd.pid
		ProctrackType=proctrack/linuxproc
		TaskPlugin=task/none
		SelectType=select/cons_tres
		SelectTypeParameters=CR_CPU
		SchedulerParameters=batch_sched_delay=0
		SlurmdParameters=config_overrides
		ReturnToService=2
		MpiDefault=none
		NodeName=$node NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
		PartitionName=all Nodes=$node Default=YES MaxTime=INFINITE State=UP
	END
	export SLURM_CONF=$dir/slurm.conf
	until_works test -S "$scratch/munge/socket" || return
	start slurmctld -D
	start slurmd -D
	until_works eval 'sinfo --noheader --format %t | grep -qx idle'
}
if [ "$(id -u)" -eq 0 ] && command -v slurmctld slurmd munged sbatch >/dev/null && start_slurm; then
	export ENGINE=slurm
	try 'a cluster, and on from where it stopped' a_class 'by slurm'
	packed() { [ "$(find "$scratch/by slurm/.class" -name 'pack.*.said' | wc -l)" -le 2 ]; }
	try 'in as many jobs as there are processors, not one for each student' packed
else
	skip 'a cluster' "Slurm cannot be started here: $(tail -n 1 "$scratch"/slurm*.log "$scratch/munged.log" 2>/dev/null | paste -sd ' ')"
fi
finish
