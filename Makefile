# kiln's everyday commands. A fresh Debian 12 needs nothing but apt: `make demo` and `make test`
# install what is missing first (as root, or by sudo).

PREFIX ?= /usr/local
JOBS ?= $(shell nproc)
FUZZ_SECONDS ?= 600
FUZZ_LANES ?= 1
BUILD := build/release

.PHONY: build test test-slow demo check bench fuzz install deps configure clean

build: configure
	cmake --build --preset release -j $(JOBS) --target kiln

test: configure
	cmake --build --preset release -j $(JOBS)
	scripts/run-tests $(BUILD)

# Every format in every way, and thousands of damaged files: some twenty minutes on two processors.
test-slow: configure
	cmake --build --preset release -j $(JOBS)
	scripts/run-tests $(BUILD) -L slow

demo: build
	scripts/demo $(BUILD)/src/cli/kiln

# Format and static analysis of what changed against the main branch.
check: configure
	scripts/check-changes $(BUILD)

bench: build
	scripts/install-deps bench
	tests/bench/run $(BUILD)/src/cli/kiln

# FUZZ_SECONDS each, FUZZ_LANES side by side, under the address and undefined behaviour sanitizers.
fuzz:
	scripts/install-deps build fuzz
	tests/fuzz/run.sh -j $(FUZZ_LANES) $(FUZZ_SECONDS)

install: build
	cmake --install $(BUILD)

configure: deps
	cmake --preset release -DCMAKE_INSTALL_PREFIX=$(PREFIX)

deps:
	scripts/install-deps build test

clean:
	rm -rf build
