# Plumbline: `make run` to look at it, `make test` to check it. Needs Python 3.11 or newer, make and git.

PYTHON ?= python3
UV := var/bootstrap/bin/uv
BIN := .venv/bin
LOCK := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	--no-emit-index-url --no-emit-find-links

# Where pip has been told of another package index, uv is told of the same one.
SYNC = index=$${UV_DEFAULT_INDEX:-$$($(PYTHON) -m pip config get global.index-url 2>/dev/null || true)}; \
	$${index:+env UV_DEFAULT_INDEX=$$index} $(UV) pip sync --quiet --python $(BIN)/python --require-hashes

# Tests are spread over the cores by file, each process with servers of its own. ARGS="-n 0" runs them in one.
SPREAD := --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

.PHONY: help run test test-long bench check fmt lock clean install
.DEFAULT_GOAL := help

help: ## Show this list
	@grep -E '^[a-z-]+:.*## ' $(firstword $(MAKEFILE_LIST)) | sed -E 's/:[^#]*## /\t/' | expand -t 12

run: .venv/running.stamp ## Start everything and print the address (PORT=8000; Ctrl-C stops it)
	@exec $(BIN)/python -m config.supervisor

test: .venv/development.stamp ## The whole suite on a real PostgreSQL and a real Redis-protocol server
	@$(BIN)/python manage.py build_assets
	@$(BIN)/python -m pytest $(SPREAD) $(ARGS)

test-long: .venv/development.stamp ## The same with large counts of generated cases
	@$(BIN)/python manage.py build_assets
	@PLUMBLINE_LONG=1 $(BIN)/python -m pytest $(SPREAD) $(ARGS)

bench: .venv/development.stamp ## Print the performance figures of docs/operations.md
	@$(BIN)/python -m tests.bench $(ARGS)

check: .venv/development.stamp ## Format, lint, types, import contracts, migrations, deployment check
	@$(BIN)/python -m tests.gates

fmt: .venv/development.stamp ## Format the code and mend what lint can mend
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --fix --quiet .

install: .venv/development.stamp ## Make .venv for development

lock: $(UV) ## Write the lock files anew from requirements*.in
	@$(LOCK) --upgrade requirements-uv.in --output-file requirements-uv.lock
	@$(LOCK) --upgrade requirements.in --output-file requirements.lock
	@$(LOCK) --upgrade --constraint requirements.lock requirements-dev.in --output-file requirements-dev.lock

clean: ## Remove the environment and all state of this checkout, its databases included
	rm -rf .venv var .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(UV): requirements-uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Plumbline needs Python 3.11 or newer. Name one: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)" >&2; exit 1; }
	@mkdir -p var
	@$(PYTHON) -m venv --clear var/bootstrap \
		|| { echo "Python could not make a virtual environment (on Debian: apt-get install python3-venv)." >&2; exit 1; }
	@var/bootstrap/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-uv.lock
	@touch $@

$(BIN)/python: | $(UV)
	@$(UV) venv --quiet --python $$(command -v $(PYTHON)) .venv

# Once the development packages are there they stay: they hold all that running needs.
.venv/running.stamp: requirements.lock | $(BIN)/python
	@$(SYNC) $(if $(wildcard .venv/development.stamp),requirements-dev.lock,$<)
	@touch $@

.venv/development.stamp: requirements-dev.lock | $(BIN)/python
	@$(SYNC) $<
	@touch .venv/running.stamp $@
