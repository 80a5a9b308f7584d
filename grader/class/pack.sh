#!/bin/bash
# SPDX-License-Identifier: MIT
# pack.sh - one job of a Slurm array: the submissions of a pack, two at once, since checks wait.
#
# usage: sbatch --array=0-N grader/class/pack.sh OUT LAB...
out=$1
shift
printf -v pack '%s/.class/pack.%03d' "$out" "$SLURM_ARRAY_TASK_ID"
grader/class/one.sh --sandbox || exit 3
# shellcheck disable=SC2016 # the inner shell is to expand these
tr '\t' '\n' <"$pack" | xargs -d '\n' -n 2 -P 2 bash -c \
	'exec setpriv --pdeathsig KILL grader/class/one.sh "$0" "${@: -2}" "${@:1:$#-2}"' "$out" "$@"
