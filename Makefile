# SPDX-License-Identifier: MIT
# Makefile - the front door; `make` alone says what there is to do here.

BUILD ?= build
ifeq ($(origin CC),default)
CC := gcc
endif

# Our own code. `make WERROR=` builds it under a compiler that warns of more
# than ours did; submissions have flags of their own, in the grader.
# Ubuntu's gcc fortifies by itself: read() becomes __read_chk(), which no
# --wrap=read in a unit test can see.
WERROR := -Werror
FLAGS := -std=gnu17 -O2 -g -gdwarf-4 -Wall -Wextra -Wpedantic -Wshadow -Wconversion \
	-Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2 -U_FORTIFY_SOURCE \
	-pthread -Igrader -Icommon
# Asked for when they are needed, so that `make setup` works without pkg-config.
GRADER_CFLAGS = -D_GNU_SOURCE $$(pkg-config --cflags jansson libxml-2.0 libcmark)
GRADER_LIBS = $$(pkg-config --libs jansson libxml-2.0 libcmark)

# What there is, by its place: a new file needs no line in here.
OBJ := $(BUILD)/obj
objects = $(patsubst %.c,$(OBJ)/%.o,$(sort $(wildcard $(1))))
programs = $(patsubst %.c,$(BUILD)/tests/%,$(notdir $(sort $(wildcard $(1)))))

COMMON := $(call objects,common/*.c)
GRADER := $(call objects,grader/*.c grader/checks/*.c grader/diagnoses/*.c grader/report/*.c \
	grader/timeline/*.c grader/words/*.c)
AGENT := $(call objects,grader/inside/agent.c)
WITNESS := $(call objects,grader/inside/witness*.c)
ORDERED := $(call objects,grader/inside/ordered*.c)
TESTS := $(call objects,tests/unit/*.c tests/fuzz/*.c)
# bench/: two instruments and what both need; servers of one file each.
MEASURE := $(call objects,bench/measure/*.c)
LOAD := $(call objects,bench/load/*.c)
LADDER := $(call objects,bench/ladder/*.c)
MODEL_OBJ := $(call objects,bench/models/*.c)
PEERS := $(call objects,bench/peers/*.c)
BENCH := $(MEASURE) $(LOAD) $(LADDER) $(MODEL_OBJ) $(PEERS)
OBJECTS := $(COMMON) $(GRADER) $(AGENT) $(WITNESS) $(ORDERED) $(TESTS) $(BENCH)

COMMON_TESTS := $(call programs,tests/unit/common_*.c)
GRADER_TESTS := $(call programs,tests/unit/grader_*.c)
BENCH_TESTS := $(call programs,tests/unit/bench_*.c)
FUZZ := $(filter-out %/replay,$(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%,$(sort $(wildcard tests/fuzz/*.c))))
# By the language alone: who has zh_SG reads zh, too.
CATALOGS := $(BUILD)/locale/zh/LC_MESSAGES/grade.mo
PROGRAMS := $(if $(COMMON),$(BUILD)/common.a) $(if $(AGENT),$(BUILD)/agent) \
	$(if $(WITNESS),$(BUILD)/witness.so) $(if $(ORDERED),$(BUILD)/ordered.so) \
	$(if $(filter %/grade.o,$(GRADER)),$(BUILD)/grade) $(CATALOGS)
INSTRUMENTS := $(if $(LOAD),$(BUILD)/bench/load) $(if $(LADDER),$(BUILD)/bench/ladder)
MODEL_SERVERS := $(patsubst $(OBJ)/bench/models/%.o,$(BUILD)/bench/%,$(MODEL_OBJ))
PEER_SERVERS := $(patsubst $(OBJ)/bench/peers/%.o,$(BUILD)/bench/%,$(PEERS))

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules --no-print-directory
export BUILD

# ---- what people type --------------------------------------------------------
#
# Each of these sees to its own set-up first, then lets another make do the
# building: what has been installed a second ago is there for it.

NPROC = $$(nproc 2>/dev/null || echo 2)
JOBS = $(if $(filter -j% --jobs%,$(MAKEFLAGS)),,-j$(NPROC))
# A compiler newer than ours must not keep a student from being graded.
QUIETLY = WERROR= SHOW=:

help: ## | this list
	@echo "Staged labs in Linux network and IPC programming. What to type:"
	@echo
	@awk -F ' *:.*## *| *[|] *' '/^[a-z-]+:.*## / { printf "  make %-15s%-31s %s\n", $$1, $$2, $$3 }' \
		$(firstword $(MAKEFILE_LIST))
	@echo
	@echo "LAB is 03, 03-fork or all; DIR a lab's own folder, or a checkout with labs/ in it."
	@echo "ARGS='...' hands further options to the grader; $(BUILD)/grade --help lists them."

setup: ## | install what the labs, the grader and the tests need
	@grader/setup.sh run labs test

# The grader's own place may be outside the checkout.
export COURSE ?= $(CURDIR)
export FROM LAB POLICY SPOIL
check: ## [LAB=03] [FROM=DIR] [CHECK=ID] | grade labs/, or what is in DIR (TIMELINE=1, POLICY=FILE)
	@grader/setup.sh run
	@$(MAKE) -s $(JOBS) $(QUIETLY) programs
	@$(BUILD)/grade $${FROM:+-s "$$FROM"} $${POLICY:+--policy "$$POLICY"} $(CHECK:%=-c '%') $(TIMELINE:%=--timeline) $(ARGS) $(or $(LAB),all) || { \
		status=$$?; \
		[ $$status -ne 1 ] || echo "(Not full marks yet: make's error below means only this.)" >&2; \
		exit $$status; }

list: ## [LAB=03] | the checks of the labs: points and claims
	@grader/setup.sh run
	@$(MAKE) -s $(JOBS) $(QUIETLY) programs
	@$(BUILD)/grade --list $(or $(LAB),all)

# ---- the student's desk

next: ## | the staircase, your points, and what to do next
hint: ## [LAB=03] | the next hint for the first check that fails
reset: ## LAB=03 | the starter again; what you wrote is kept
diff: ## [LAB=03] [SPOIL=1] | the solution beside yours, once you are done
run: ## [LAB=03] | run your server, and how to talk to it
watch: ## [LAB=03] | grade whenever you save, up to the first failure
next hint reset diff run watch:
	@grader/setup.sh run desk
	@$(MAKE) -s $(JOBS) $(QUIETLY) programs
	@grader/desk/$@.sh

editor: ## | compile_commands.json, for your editor
	@grader/setup.sh run desk
	@grader/desk/editor.sh

explain: ## ID | what a diagnosis, or a check, is about
	@grader/setup.sh run
	@$(MAKE) -s $(JOBS) $(QUIETLY) programs
	@$(BUILD)/grade --explain '$(or $(ID),$(word 2,$(MAKECMDGOALS)),$(error Which? make explain zombies, say))' $(LAB)
# Its name is no target of its own.
ifeq ($(firstword $(MAKECMDGOALS)),explain)
$(wordlist 2,$(words $(MAKECMDGOALS)),$(MAKECMDGOALS)): ;@:
endif

book: ## | the handouts, diagnoses and solutions as a small web site
	@grader/setup.sh run book
	@$(MAKE) -s $(JOBS) $(QUIETLY) programs
	@grader/book/book.sh

bench: ## [QUICK=1] [FROM=DIR] | how each server scales, measured and drawn; see bench/README.md
	@grader/setup.sh run bench
	@$(MAKE) -s $(JOBS) $(QUIETLY) $(BUILD)/common.a bench-programs
	@bench/bench.sh

# not for students
class: ## SUBMISSIONS=DIR [LAB=all] [OUT=DIR] [POLICY=FILE] [TIMES=FILE] | grade a class; more in grader/README.md
	@grader/setup.sh run class
	@$(MAKE) -s $(JOBS) $(QUIETLY) programs
	@grader/class/class.sh

kit-gradescope: ## [LAB=03] [POLICY=FILE] | an autograder for Gradescope
kit-github: ## [LAB=03] [POLICY=FILE] | a workflow for GitHub Classroom
kit-autolab: ## [LAB=03] [POLICY=FILE] | an autograder for Autolab
kit-student: ## | the course as students get it: no solutions, no tests
kit-gradescope kit-github kit-autolab kit-student:
	@grader/setup.sh run kits
	@$(MAKE) -s $(JOBS) $(QUIETLY) programs
	@grader/kits/kit.sh $(@:kit-%=%)

test: ## [SUITE=unit] | all of our own tests
unit: ## | only the unit tests
test unit:
	@grader/setup.sh run labs test
	@$(MAKE) -s $(JOBS) all
	@tests/run.sh $(if $(filter unit,$@),unit,$(SUITE))

test-browser: ## | look at all that is HTML in a browser
	@grader/setup.sh run book class bench test browser
	@$(MAKE) -s $(JOBS) programs $(BUILD)/common.a bench-programs
	@tests/run.sh browser

test-cluster: ## | grade a class over ssh and Slurm, on this machine
	@grader/setup.sh run class test cluster
	@$(MAKE) -s $(JOBS) programs
	@tests/run.sh cluster

soak: ## [N=100] | grade solutions and mutants N times: nothing may change
	@grader/setup.sh run test
	@$(MAKE) -s $(JOBS) $(QUIETLY) programs
	@tests/soak.sh $(or $(N),10)

export FUZZ_SECONDS
fuzz: ## [FUZZ_SECONDS=30] | look for input that the grader cannot stand
	@grader/setup.sh run test fuzz
	@tests/fuzz.sh $(TARGET)

lint: ## | layout, static analysis, shell files
	@grader/setup.sh run test lint
	@tests/lint.sh

format: ## | lay out all C files as .clang-format says
	@grader/setup.sh lint
	@tests/lint.sh --fix

po: ## | bring grader/po/ up to date with the texts in the source
	@grader/setup.sh run
	@grader/po/update.sh

# for all

all: ## | build everything, with no set-up
all: programs unit-programs fuzz-programs bench-programs

clean: ## | remove all that was built
	rm -rf -- "$(BUILD)"

.PHONY: help setup check list next hint reset diff run watch editor explain class book bench kit-gradescope kit-github kit-autolab kit-student test unit test-browser test-cluster soak fuzz lint format po all clean programs unit-programs fuzz-programs bench-programs

# ---- building ----------------------------------------------------------------

programs: $(PROGRAMS)
unit-programs: $(COMMON_TESTS) $(GRADER_TESTS) $(BENCH_TESTS)
fuzz-programs: $(FUZZ)
bench-programs: $(INSTRUMENTS) $(MODEL_SERVERS) $(PEER_SERVERS)

SHOW := echo

$(OBJ)/%.o: %.c $(BUILD)/flags
	@$(SHOW) "  CC    $<"
	@mkdir -p $(@D)
	$(Q)$(CC) $(FLAGS) $(WERROR) $(MORE_CFLAGS) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(OBJ)/grader/report/html.o: grader/report/tokens.css grader/report/report.css

# common/ goes without these: it must do for students' programs as it is.
$(GRADER) $(filter $(OBJ)/tests/unit/grader_% $(OBJ)/tests/fuzz/%,$(TESTS)): private MORE_CFLAGS = $(GRADER_CFLAGS)
$(AGENT): private MORE_CFLAGS = -D_GNU_SOURCE
$(WITNESS) $(ORDERED): private MORE_CFLAGS = -D_GNU_SOURCE -fPIC
# The servers in bench/ are read and built like solutions, and define what they need.
BENCH_CFLAGS = -D_GNU_SOURCE -Ibench/measure $$(pkg-config --cflags jansson)
BENCH_LIBS = $$(pkg-config --libs jansson)
$(MEASURE) $(LOAD) $(LADDER): private MORE_CFLAGS = $(BENCH_CFLAGS)
$(filter $(OBJ)/tests/unit/bench_%,$(TESTS)): private MORE_CFLAGS = $(BENCH_CFLAGS) -Ibench/load -Ibench/ladder
$(PEERS): private MORE_CFLAGS = $$(pkg-config --cflags $(notdir $*))

LINK = $(CC) $(FLAGS) $(CFLAGS) $(LDFLAGS) -o $@

$(BUILD)/common.a: $(COMMON) $(BUILD)/sources
	@$(SHOW) "  AR    $@"
	$(Q)rm -f $@ && $(AR) rcs $@ $(COMMON)

$(BUILD)/grade: $(GRADER) $(BUILD)/common.a $(BUILD)/sources
	@$(SHOW) "  LD    $@"
	$(Q)$(LINK) $(GRADER) $(BUILD)/common.a $(GRADER_LIBS)

$(BUILD)/agent: $(AGENT) $(BUILD)/sources
	@$(SHOW) "  LD    $@"
	$(Q)$(LINK) -static $(AGENT)

$(BUILD)/witness.so: $(WITNESS) $(BUILD)/sources
	@$(SHOW) "  LD    $@"
	$(Q)$(LINK) -shared -fPIC $(WITNESS) -ldl

$(BUILD)/ordered.so: $(ORDERED) $(BUILD)/sources
	@$(SHOW) "  LD    $@"
	$(Q)$(LINK) -shared -fPIC $(ORDERED) -ldl

$(BUILD)/locale/zh/LC_MESSAGES/grade.mo: grader/po/zh_CN.po
	@$(SHOW) "  MO    $@"
	@mkdir -p $(@D)
	$(Q)msgfmt --check-format --check-domain -o $@ $<

# An instrument is its main(), in the file of its name, and parts that tests have too.
$(BUILD)/bench/measure.a: $(MEASURE)
$(BUILD)/bench/load.a: $(filter-out %/load.o,$(LOAD))
$(BUILD)/bench/ladder.a: $(filter-out %/ladder.o,$(LADDER))
BENCH_PARTS := $(if $(LOAD),$(BUILD)/bench/load.a) $(if $(LADDER),$(BUILD)/bench/ladder.a) \
	$(BUILD)/bench/measure.a $(BUILD)/common.a
$(BUILD)/bench/%.a: $(BUILD)/sources
	@$(SHOW) "  AR    $@"
	@mkdir -p $(@D)
	$(Q)rm -f $@ && $(AR) rcs $@ $(filter %.o,$^)

$(BUILD)/bench/load: $(OBJ)/bench/load/load.o $(BUILD)/bench/load.a
$(BUILD)/bench/ladder: $(OBJ)/bench/ladder/ladder.o $(BUILD)/bench/ladder.a
$(INSTRUMENTS): $(BUILD)/bench/measure.a $(BUILD)/common.a
	@$(SHOW) "  LD    $@"
	$(Q)$(LINK) $(filter %.o,$^) $@.a $(BUILD)/bench/measure.a $(BUILD)/common.a $(BENCH_LIBS)

# As distributions link what they ship, and bench.sh the labs' servers.
$(MODEL_SERVERS) $(PEER_SERVERS): private LDFLAGS += -Wl,-z,now

$(MODEL_SERVERS): $(BUILD)/bench/%: $(OBJ)/bench/models/%.o $(BUILD)/common.a
	@$(SHOW) "  LD    $@"
	@mkdir -p $(@D)
	$(Q)$(LINK) $< $(BUILD)/common.a

# A peer has the name by which pkg-config knows its library.
$(PEER_SERVERS): $(BUILD)/bench/%: $(OBJ)/bench/peers/%.o $(BUILD)/common.a
	@$(SHOW) "  LD    $@"
	@mkdir -p $(@D)
	$(Q)$(LINK) $< $(BUILD)/common.a $$(pkg-config --libs $*)

# A unit test replaces the functions that it names in a line /* wrap: read write */
WRAPS = $$(sed -n '/^\/\* wrap: /{s///; s/ *\*\/.*//; s/[^ ][^ ]*/-Wl,--wrap=&/g; p;}' \
	$(<:$(OBJ)/%.o=%.c))
GRADER_PARTS := $(filter-out %/grade.o,$(GRADER))

$(COMMON_TESTS): $(BUILD)/tests/%: $(OBJ)/tests/unit/%.o $(BUILD)/common.a
	@$(SHOW) "  LD    $@"
	@mkdir -p $(@D)
	$(Q)$(LINK) $< $(WRAPS) $(BUILD)/common.a -lcmocka

$(GRADER_TESTS): $(BUILD)/tests/%: $(OBJ)/tests/unit/%.o $(GRADER_PARTS) $(BUILD)/common.a \
		$(BUILD)/sources
	@$(SHOW) "  LD    $@"
	@mkdir -p $(@D)
	$(Q)$(LINK) $< $(WRAPS) $(GRADER_PARTS) $(BUILD)/common.a $(GRADER_LIBS) -lcmocka

$(BENCH_TESTS): $(BUILD)/tests/%: $(OBJ)/tests/unit/%.o $(BENCH_PARTS)
	@$(SHOW) "  LD    $@"
	@mkdir -p $(@D)
	$(Q)$(LINK) $< $(WRAPS) $(BENCH_PARTS) $(BENCH_LIBS) -lcmocka

# A target that includes a part of the grader takes it from there.
$(BUILD)/grader.a: $(GRADER_PARTS) $(BUILD)/sources
	@$(SHOW) "  AR    $@"
	$(Q)rm -f $@ && $(AR) rcs $@ $(GRADER_PARTS)

# In tests/fuzz.sh libFuzzer brings a main() of its own.
FUZZ_MAIN := $(OBJ)/tests/fuzz/replay.o
$(FUZZ): $(BUILD)/fuzz/%: $(OBJ)/tests/fuzz/%.o $(FUZZ_MAIN) $(BUILD)/grader.a $(BUILD)/common.a
	@$(SHOW) "  LD    $@"
	@mkdir -p $(@D)
	$(Q)$(LINK) $< $(FUZZ_MAIN) $(WRAPS) $(BUILD)/grader.a $(BUILD)/common.a $(GRADER_LIBS)

ifndef V
Q := @
endif

# Two stamps: with what all was compiled, and of which parts it is made. One
# that is no longer true is written anew, and so remakes what was made under it.
BUILT_WITH := $(strip $(CC) $(FLAGS) $(GRADER_CFLAGS) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS))
MADE_OF := $(strip $(COMMON) $(GRADER) $(AGENT) $(WITNESS) $(ORDERED) $(MEASURE) $(LOAD) $(LADDER))
ifneq ($(strip $(file <$(BUILD)/flags)),$(BUILT_WITH))
$(BUILD)/flags: FORCE
endif
ifneq ($(strip $(file <$(BUILD)/sources)),$(MADE_OF))
$(BUILD)/sources: FORCE
endif

$(BUILD)/flags: private export STAMP = $(BUILT_WITH)
$(BUILD)/sources: private export STAMP = $(MADE_OF)
$(BUILD)/flags $(BUILD)/sources:
	@$(if $(filter %/flags,$@),echo "building with $(CC)" >&2)
	@mkdir -p $(@D)
	@printf '%s\n' "$$STAMP" >$@

FORCE:
.PHONY: FORCE

-include $(OBJECTS:.o=.d)
