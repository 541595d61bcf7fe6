# One list of commands for people and machines. Each does its own set-up, and nothing where there is nothing to do.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: setup build test demo check check-long lint sizes smoke benchmark accuracy accuracy-check accuracy-peers \
	study-check peers protobuf format clean help

ours := Package.swift Sources Tests $(wildcard Benchmarks/Package.swift Benchmarks/Sources)

# The suites in which workers meet; the sanitizer makes everything twenty times slower.
threaded := 'LinearAlgebraTests|KrylovTests|DerivativeTests|MemoryPropertyTests|TrainingStepTests|ResumeTests'

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{ printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install the Debian packages that are missing; check Swift
	@tools/setup.sh

build: setup ## Build the commands, optimised: .build/release/landscape and .build/release/agents
	swift build -c release

test: setup ## Build and run all tests
	tools/test.sh

demo: build ## Train an agent, look at its loss landscape, draw it (under 5 minutes on two cores)
	tools/demo.sh

lint: setup
	swift format lint --strict --recursive --parallel $(ours)

sizes:
	tools/check-sizes.sh

smoke: build
	tools/smoke.sh

check: lint sizes build test smoke ## All that a change must pass: format, file sizes, warnings, tests, a run of the commands

# Optimised like the tests themselves: in debug the sanitizers take hours over what computes.
sanitized := -c release -Xswiftc -enable-testing --disable-xctest

check-long: check accuracy-check ## The same with the slow tests, under the address and (where threads meet) thread sanitizers
	LANDSCAPE_LONG_TESTS=1 tools/test.sh --filter 'ExactCostTests|KillTests|LearningCurveTests'
	ASAN_OPTIONS=allocator_may_return_null=1 swift test $(sanitized) --scratch-path .build/address --sanitize=address
	TSAN_OPTIONS=suppressions=$(CURDIR)/tools/thread-sanitizer.txt swift test $(sanitized) \
		--scratch-path .build/thread --sanitize=thread --filter $(threaded)

benchmark: build ## Time our work against PyTorch's and JAX's, where they are installed
	swift run -c release --package-path Benchmarks

accuracy: setup ## Make the tables of docs/NUMERICS.md anew: errors against cost, coverage, ghosts
	swift run -c release --package-path Benchmarks landscape-benchmarks accuracy --write docs/NUMERICS.md

accuracy-check: setup ## Hold the tables of docs/NUMERICS.md against what is found now
	swift run -c release --package-path Benchmarks landscape-benchmarks accuracy --check docs/NUMERICS.md

accuracy-peers: setup ## Spectra of a checkpoint against the other libraries', at equal time (a quiet machine)
	swift run -c release --package-path Benchmarks landscape-benchmarks accuracy --peers

study-check: build ## Make the paper's figures anew at small scale, and assert what they show (1 to 2 hours on two cores)
	tools/study-check.sh

peers: ## Install the libraries that 'make benchmark' compares with, in Benchmarks/.venv
	tools/peers.sh

protobuf: ## Make the Swift code of TensorBoard's messages anew, from their .proto files
	@tools/protobuf.sh

format: ## Put all Swift files into the house's format
	swift format --in-place --recursive --parallel $(ours)

clean: ## Remove all that was built, and the demo's results
	rm -rf .build Benchmarks/.build demo
