# What people who work on MilaStation call. Each target installs first what this machine lacks.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo test crashtest killtest testbench bench simulate fleet build lint format sanitize coverage clean

# A person at a terminal sees the build's progress, a log only its errors.
QUIET := $(shell [ -t 2 ] || echo --quiet)
SOURCES := Package.swift Sources Tests

help: ## lists these targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 10

demo: ## builds and runs the station here, with simulated lockers and a pool; ARGS="--into DIR" keeps the data
	@scripts/setup
	@swift build $(QUIET) -c release >&2
	@exec .build/release/mila-station demo $(ARGS)

test: ## runs all tests
	@scripts/setup --test
	@scripts/test-tools
	@scripts/test-setup
	@python3 Benchmarks/test_figures.py
	@swift build $(QUIET) --build-tests
	@swift test --quiet --skip-build --disable-xctest

IMAGES ?= 1000000

crashtest: ## cuts the power a million times in recorded days; IMAGES=N, SEED=N and RECORDING=DIR repeat a run
	@scripts/setup --test
	@swift build $(QUIET) --build-tests
	@CRASH_IMAGES=$(IMAGES) $(if $(SEED),CRASH_SEED=$(SEED)) $(if $(RECORDING),CRASH_RECORDING='$(RECORDING)') \
	    swift test --quiet --skip-build --disable-xctest --filter CrashSeriesTests

KILLS ?= 10000

killtest: ## kills the three programs ten thousand times, in about an hour; KILLS=N for another number
	@scripts/setup --test
	@scripts/killtest $(KILLS)

testbench: ## runs guard and station in the test bench, on a kernel's GPIO lines; builds that kernel once, in 5 to 11 minutes
	@scripts/setup --bench
	@swift build $(QUIET) --build-tests
	@scripts/bench

bench: ## measures every promised figure beside its yardstick, in ten minutes, or two with QUICK=1; ARGS="--only scans" measures one
	@scripts/setup --bench --figures
	@swift build $(QUIET) -c release
	@hardware/testbench/build-kernel >/dev/null
	@Benchmarks/bench $(if $(QUICK),--quick) $(ARGS)

simulate: ## lets the simulated world live for YEARS=1 more years of fresh seeds; SEED=… lets that of one seed live again
	@scripts/setup
	@scripts/simulate $(or $(YEARS),1) $(SEED)

fleet: ## 200 stations send 1,000,000 entries to pools that are killed under them, on both engines; STATIONS=, ENTRIES=, SEED=
	@scripts/setup --test
	@scripts/fleet $(or $(STATIONS),200) $(or $(ENTRIES),1000000) $(SEED)

build: ## builds the three programs for release
	@scripts/setup
	@swift build $(QUIET) -c release

lint: ## checks the form of Swift, shell and Python sources, and the links of the documents
	@scripts/setup --lint
	@swift format lint --strict --parallel --recursive $(SOURCES)
	@git grep -lzIE --untracked '^#!/bin/(ba)?sh' -- ':!*.md' ':!*.swift' | xargs -0 shellcheck
	@git ls-files -z --cached --others --exclude-standard '*.py' | xargs -0 -r python3 -c \
	    'import sys; [compile(open(name, "rb").read(), name, "exec") for name in sys.argv[1:]]'
	@scripts/check-links
	@hardware/check-boards
	@hardware/draw --check

format: ## puts Swift sources into their form
	@swift format --in-place --parallel --recursive $(SOURCES)

sanitize: ## runs all tests under ThreadSanitizer, then under AddressSanitizer
	@scripts/setup --test
	@scripts/test-tools
	@scripts/sanitize thread
	@scripts/sanitize address

coverage: ## runs all tests and fails where they reach less than 95 % of the lines of StationCore
	@scripts/setup --test
	@scripts/test-tools
	@scripts/coverage 95

clean: ## removes what was built
	@rm -rf .build .build-*
