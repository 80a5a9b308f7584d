#!/bin/sh
# SPDX-License-Identifier: MIT
# prepare.sh - make a machine ready to grade: install what is missing, build the grader.
#
# usage: grader/kits/prepare.sh
#
# It is quick when that has been done.
cd "$(dirname "$0")/../.." || exit 3
unset MAKEFLAGS MFLAGS MAKELEVEL
grader/setup.sh run kits || exit
exec make -s -j"$(nproc)" WERROR= SHOW=: BUILD=build programs
