# Every command sets up what it needs. `make demo` and `make test` work on a fresh clone.
SHELL := /bin/bash
.DEFAULT_GOAL := help
BIN := .venv/bin
ROWS ?= 100000
export SUYUAN_HOME ?= $(CURDIR)/.suyuan
export SUYUAN_KEYS ?= $(CURDIR)/.suyuan-keys
export UV_PYTHON_DOWNLOADS := never
DEMO := SUYUAN_NOW=$${SUYUAN_NOW:-2026-09-24T09:30:00} SUYUAN_PORTAL_URL=$${SUYUAN_PORTAL_URL:-http://127.0.0.1:8000}

.PHONY: help setup demo up test test-all lint types imports check requirements bench clean

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: ## install everything into .venv
	@scripts/setup.sh

demo: setup ## the demo district, through the whole chain
	@$(DEMO) $(BIN)/suyuan demo prepare --rows $(ROWS)
	@$(DEMO) $(BIN)/suyuan run
	@$(DEMO) $(BIN)/suyuan demo summary

up: setup ## portal, Dagster UI and data plane of the demo
	@$(DEMO) $(BIN)/suyuan up

test: setup ## all tests but the long ones
	@$(BIN)/pytest -n 2 --dist worksteal -m "not slow"

test-all: setup ## the long tests too
	@$(BIN)/pytest -n 2 --dist worksteal

lint: setup ## ruff and sqlfluff
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/sqlfluff lint --processes 2 dbt_project dataplane/sql

types: setup ## pyright
	@$(BIN)/pyright

imports: setup ## who may import whom
	@$(BIN)/lint-imports

check: lint types imports ## lint, types, import rules

requirements: setup ## docs/requirements.md from the marks of the tests
	@$(BIN)/python scripts/requirements.py

bench: setup ## timings, both sides in one run
	@$(BIN)/python tests/benchmarks/bench.py

clean: ## remove what the demo made, not the keys
	rm -rf .suyuan
