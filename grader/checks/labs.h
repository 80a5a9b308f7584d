/* SPDX-License-Identifier: MIT */
/* labs.h - the labs that have checks, one file each in this directory */
#ifndef GRADER_CHECKS_LABS_H
#define GRADER_CHECKS_LABS_H

#include "../course.h"

extern const struct lab lab_01_bare, lab_02_loop, lab_03_fork;
extern const struct lab lab_07_shm_fifo;

#endif
