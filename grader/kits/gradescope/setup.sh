#!/bin/sh
# SPDX-License-Identifier: MIT
# setup.sh - Gradescope runs this once, as root, when it makes the autograder's image.
root=${AUTOGRADER:-/autograder}
exec "$root/source/course/grader/kits/prepare.sh"
