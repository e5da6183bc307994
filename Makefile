# Cloud Window (云综窗). `make help` lists what there is; each target's sentence stands after its ##.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
export NPM_CONFIG_UPDATE_NOTIFIER := false

PY := .venv/bin/python
STAMPS := .stamps
WEB_INPUTS := $(shell find web/src web/public web/scripts -type f 2>/dev/null) \
  $(wildcard web/*.html web/*.ts web/*.js web/package-lock.json)
TESTS ?= tests/unit tests/integration tests/journeys
# Only folders that exist: a fresh tree may not have every suite yet.
SUITES = $(wildcard $(TESTS))

.PHONY: help run test test-long bench lint types shots lock format clean web-lint web-test contract quick-shots browser

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{ printf "  make %-10s %s\n", $$1, $$2 }'

run: $(STAMPS)/run $(STAMPS)/web ## everything from nothing, then http://localhost:8000 (CLOUDWINDOW_DATA, CLOUDWINDOW_PORT)
	@exec .venv/bin/cloudwindow serve

test: $(STAMPS)/dev $(STAMPS)/web browser ## everything: lint, types, unit, integration, web, pages, journeys
	@scripts/timed lint $(MAKE) lint
	@scripts/timed web $(MAKE) web-test
	@scripts/timed contract $(MAKE) contract
	@scripts/timed pages $(MAKE) quick-shots
	@$(PY) -m pytest -n auto --maxprocesses 4 --durations=40 --durations-min=4 $(SUITES)

test-long: $(STAMPS)/dev $(STAMPS)/web browser ## more of the same with other seeds: storms of kills, strangers, pages in other sizes, elder mode and English
	@cd web && npm run --silent shots -- --modes=desktop,elder,en,small
	@$(PY) -m pytest -n auto --maxprocesses 4 -m long tests

bench: $(STAMPS)/dev $(STAMPS)/web browser ## measure; figures in bench/results.json, explained in bench/README.md
	@$(PY) -m bench

lint: $(STAMPS)/dev $(STAMPS)/npm ## style, types, import and scope rules; pins and licences; a stale client
	@.venv/bin/ruff format --check --quiet .
	@.venv/bin/ruff check --quiet .
	@.venv/bin/mypy $(wildcard src tests bench)
	@.venv/bin/lint-imports --no-logo
	@$(PY) scripts/lint_scope.py
	@$(PY) scripts/lint_dependencies.py
	@scripts/client-is-fresh
	@cd web && npm run --silent lint
	@cd web && npm run --silent types

types: $(STAMPS)/dev $(STAMPS)/npm ## generate the TypeScript client from the OpenAPI document
	@.venv/bin/cloudwindow openapi > web/openapi.json
	@cd web && npx --no-install openapi-typescript openapi.json --output src/api/schema.d.ts

shots: $(STAMPS)/dev $(STAMPS)/web browser ## pictures of every page in every state under artifacts/shots/
	@cd web && npm run --silent shots

format: $(STAMPS)/dev $(STAMPS)/npm ## put both languages into shape
	@.venv/bin/ruff check --fix --quiet .
	@.venv/bin/ruff format --quiet .
	@cd web && npm run --silent format

lock: $(STAMPS)/dev ## write the lock files anew: newest versions with hashes, no host names
	@for name in requirements requirements-dev; do \
	  .venv/bin/uv pip compile --quiet --upgrade --universal --generate-hashes --no-emit-index-url \
	    --no-emit-find-links --python-version 3.11 --custom-compile-command "make lock" \
	    $$([ $$name = requirements ] || echo "--constraints requirements.lock") $$name.in -o $$name.lock; \
	done

clean: ## remove what was built; data stay
	@rm -rf .venv $(STAMPS) web/node_modules web/dist build dist src/*.egg-info .mypy_cache .ruff_cache .pytest_cache

web-test: $(STAMPS)/npm
	@cd web && npm run --silent test

contract: $(STAMPS)/npm browser ## hold the transport of calls to its contract, on real media in a browser
	@cd web && npm run --silent contract

quick-shots: $(STAMPS)/web
	@cd web && npm run --silent shots -- --quick

browser:
	@scripts/browser

# Stamps: a second start compares times and does nothing.
$(STAMPS)/run: requirements.lock pyproject.toml scripts/python-env
	@mkdir -p $(STAMPS)
	@echo "Python environment …"
	@scripts/python-env requirements.lock
	@touch $@

$(STAMPS)/dev: requirements-dev.lock $(STAMPS)/run
	@echo "Python tools …"
	@scripts/python-env requirements-dev.lock
	@touch $@

$(STAMPS)/npm: web/package-lock.json
	@mkdir -p $(STAMPS)
	@command -v node >/dev/null || { echo "cloudwindow: Node 20 or newer is needed." >&2; exit 2; }
	@node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' \
	  || { echo "cloudwindow: Node 20.19 or newer is needed, this is $$(node --version)." >&2; exit 2; }
	@echo "Web tools …"
	@cd web && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(STAMPS)/web: $(STAMPS)/npm $(WEB_INPUTS)
	@echo "Web application …"
	@cd web && npm run --silent build
	@touch $@
