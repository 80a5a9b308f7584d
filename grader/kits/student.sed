# SPDX-License-Identifier: MIT
# student.sed - what of README.md, its Chinese sister and Makefile is not in the students' copy.
/^<!-- not for students -->$/,/^<!-- for all -->$/d
/^# not for students$/,/^# for all$/d
/^diff: ##/d
/`make diff /d
/^solutions\/ /d
/^tests\/ /d
s/, a finished \*\*solution\*\* to compare with//
s/handouts, diagnoses and solutions/handouts and diagnoses/
s/；一份写完的\*\*参考答案\*\*，供对照；/；/
