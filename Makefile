# Needs only make and Python >= 3.11 with venv. What runs is installed into .venv from the locks.

VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime
DEV := $(VENV)/.dev
ASSETS := handoff/console/static/dist/manifest.json
WORKERS ?= 4
PORT ?= 8000
PYTHON ?= $(shell for each in python3.11 python3.12 python3.13 python3.14 python3; do \
	"$$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$each" && break; done)
# With uv on the PATH the same locks go in faster.
install_into = $(if $(shell command -v uv),uv pip install --quiet --python $(1)/bin/python,$(1)/bin/python -m pip install --quiet)
INSTALL = $(call install_into,$(VENV))
# OpenStack Swift replaces the standard library's threads, so it never shares an environment with akashi.
SWIFT := .venv-swift
ON_SWIFT := tests/media/sharing tests/media/report tests/media/disputes tests/media/comparing \
	tests/media/renditions/test_making.py tests/media/intake/test_take.py \
	tests/media/intake/test_received.py tests/media/intake/test_tasks.py

.DEFAULT_GOAL := help
.PHONY: help train run demo swift test test-both-databases test-debian-postgres lint types bench soak check

help: ## list these commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1	/' | expand -t 28

run: $(RUNTIME) $(ASSETS) ## serve with the settings of .env and AKASHI_* (web and workers, one process)
	$(BIN)/python -m bot init
	$(BIN)/python -m bot serve --port $(PORT)

demo: $(RUNTIME) $(ASSETS) ## open a believable shop and a chat page that looks like LINE
	$(BIN)/python -m bot demo --port $(PORT)

swift: $(SWIFT)/.made ## a real object service for the tests, in an environment of its own

test: $(DEV) $(ASSETS) $(SWIFT)/.made ## all tests, each on one of the two databases; a failure gets one more try, listed; REQUIRE_ALL=1 skips none
	$(BIN)/python -m pytest -n $(WORKERS) --reruns 1 --one-database

test-both-databases: $(DEV) $(ASSETS) $(SWIFT)/.made ## all tests, each on both databases
	$(BIN)/python -m pytest -n $(WORKERS) --reruns 1

test-debian-postgres: $(DEV) ## the books again on Debian's PostgreSQL, where it is installed
	.ci/debian-postgres $(BIN)/python -m pytest -n $(WORKERS) -k postgres \
		$(wildcard tests/catalog tests/conversations tests/house/test_migrations.py)

lint: $(DEV) ## style, format, floors and SDK homes
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports

types: $(DEV) ## mypy, strict
	$(BIN)/mypy

bench: $(DEV) ## every promise of speed as a ratio to its reference, measured in the same run
	$(BIN)/python -m bench

train: $(DEV) ## the weights of the understanding from its lines, and what they reach
	$(BIN)/python -m conversations.understanding.training

soak: $(DEV) $(SWIFT)/.made ## the long series: kills, trouble, long walks, media on Swift and PostgreSQL
	$(BIN)/python -m pytest -m soak
	AKASHI_TEST_STORE=swift $(BIN)/python -m pytest -k postgres $(ON_SWIFT)

check: lint types test test-debian-postgres ## what CI runs

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "akashi needs Python 3.11 or newer (Debian: apt install python3 python3-venv)"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
		{ echo "Python's venv is incomplete: apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(RUNTIME): requirements.lock | $(BIN)/python
	$(INSTALL) --require-hashes -r requirements.lock
	$(INSTALL) --no-deps --editable .
	@touch $@

$(DEV): requirements-dev.lock | $(BIN)/python
	$(INSTALL) --require-hashes -r requirements-dev.lock
	$(INSTALL) --no-deps --editable .
	@touch $@ $(RUNTIME)

$(SWIFT)/.made: requirements-swift.lock | $(BIN)/python
	@$(PYTHON) -m venv $(SWIFT) && $(call install_into,$(SWIFT)) --require-hashes -r requirements-swift.lock && touch $@ || \
		{ rm -rf $(SWIFT); echo "OpenStack Swift could not be installed: its tests are left out"; [ "$$REQUIRE_ALL" != 1 ]; }

$(ASSETS): package.json package-lock.json $(wildcard handoff/console/js/*) | $(BIN)/python
	@$(BIN)/python deploy/assets.py
