# Needs Python 3.11 or newer, make and a C library; everything else is fetched, locked by hash, into this folder.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
SERVE ?= 1
BROWSER ?= 1
WORKERS ?= logical
# Files of real frameworks and advertisements, if they lie beside the checkout.
DATA ?= $(abspath $(wildcard ../shared/data))
ARGS ?=

B := .venv/bin
# Networks that look into encrypted traffic have their certificate in the system's store; a bare container has no store.
CERTIFICATES := $(wildcard /etc/ssl/certs/ca-certificates.crt)
UV := $(if $(CERTIFICATES),UV_SYSTEM_CERTS=1) .tools/bin/uv
NODE := $(if $(CERTIFICATES),NODE_EXTRA_CA_CERTS=$(CERTIFICATES)) PATH="$(CURDIR)/.tools/bin:$$PATH"
PACKAGE := skills_bridge config tests migrations wsgi.py

# $(call system,test,packages,why): have system packages, or say which one line gets them.
define system
@{ $(1); } >/dev/null 2>&1 || { \
  line="apt-get install -y --no-install-recommends $(2)"; \
  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
    echo "installing $(2) $(3)"; \
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$line -qq >/dev/null; \
  else \
    echo "Missing: $(2) $(3). An administrator installs it by:"; echo "    sudo $$line"; exit 1; \
  fi; }
endef

help: ## say what each target does
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{ printf "  make %-12s %s\n", $$1, $$2 }'

demo: .venv/prod.ok ui/node_modules/built.ok ## run the whole installation with its story; SERVE=0 ends when the story is told
	@$(B)/skills-bridge demo $(if $(filter 0,$(SERVE)),--no-serve,--serve)

test: browser .venv/test.ok ui/node_modules/built.ok ## run all tests; BROWSER=0 leaves the browser tests out
	@mkdir -p var/coverage
	@$(if $(DATA),SKILLS_BRIDGE_DATA="$(DATA)") BROWSER=$(BROWSER) $(B)/python -m pytest -q -n $(WORKERS) $(COVERAGE) $(ARGS)

nightly: browser .venv/test.ok ui/node_modules/built.ok ## run whole the groups that make test runs in part; docs/slow-tests.md lists them
	@NIGHTLY=1 BROWSER=$(BROWSER) $(if $(DATA),SKILLS_BRIDGE_DATA="$(DATA)") $(B)/python -m pytest -q -n $(WORKERS) --durations=20 \
	  $$(grep -rl --include='test_*.py' 'tests.factories.turns' tests) $(ARGS)

sure: COVERAGE := --cov --cov-report=
sure: format-check lint types contracts locks test limits ## everything that must hold, once: what .ci/run runs

limits: ## check the coverage that the last `make sure` measured
	@$(B)/coverage report --fail-under=85 >var/coverage/report.txt || { cat var/coverage/report.txt; exit 1; }
	@tail -n 1 var/coverage/report.txt

format: .venv/test.ok ## write the code in its one format
	@$(B)/ruff format . && $(B)/ruff check --fix-only --select I .

format-check: .venv/test.ok
	@$(B)/ruff format --check --quiet . || { echo "not formatted: make format"; exit 1; }

lint: .venv/test.ok ## check the code's style
	@$(B)/ruff check --quiet .

types: .venv/test.ok ## check the types
	@$(B)/mypy --no-error-summary

contracts: .venv/test.ok ## check who imports whom, and that each package is used and named
	@mkdir -p var
	@$(B)/lint-imports --no-logo >var/contracts.log 2>&1 || { cat var/contracts.log; exit 1; }
	@$(B)/deptry . --config requirements/deptry.toml 2>var/deptry.log || { cat var/deptry.log; exit 1; }

locks: ## check that no lock names the address of a package registry
	@! grep -nE '://' requirements/*.txt || { echo "a lock holds an address"; exit 1; }
	@! grep -nE '"resolved"|://[^"]*registry' ui/package-lock.json || { echo "the lock holds an address"; exit 1; }

bench: .venv/bench.ok ## measure the matching of a country beside general libraries; several minutes
	@$(B)/python -m bench.matching full

bench-quick: .venv/bench.ok ## the same on a smaller country, under a minute
	@$(B)/python -m bench.matching quick

lock: .tools/ok ## compile requirements/*.in into locks with hashes and without addresses
	@for name in bootstrap build prod test bench; do \
	  $(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url \
	    $$( [ $$name = test ] && echo "-c requirements/prod.txt" ) requirements/$$name.in -o requirements/$$name.txt || exit 1; \
	done

stop: ## end what this checkout runs, and nothing else
	@[ ! -x $(B)/python ] || $(B)/python -c "$(STOP)"

clean: stop ## remove all that this checkout made: environments, databases, secrets, built files
	@[ ! -x $(B)/python ] || $(B)/python -c "$(FORGET)"
	@rm -rf .venv .tools var ui/node_modules skills_bridge/static/dist
	@rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

STOP := import sys; sys.path.insert(0, '.'); from pathlib import Path; \
  from skills_bridge.adapters.development import stop_checkout; stop_checkout(Path('var'))
FORGET := import sys; sys.path.insert(0, '.'); from pathlib import Path; \
  from skills_bridge.adapters.development import forget_checkout; forget_checkout(Path('var'))

browser:
ifneq ($(BROWSER),0)
	$(call system,command -v chromium && PATH=$$PATH:/usr/sbin:/sbin ldconfig -p | grep -q libatomic.so.1,chromium libatomic1,for the browser tests (BROWSER=0 leaves them out))
endif

.tools/ok: requirements/bootstrap.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed (PYTHON=...)"; exit 1; }
	$(call system,$(PYTHON) -c 'import ensurepip$(comma) venv',python3-venv,for the environments)
	@echo "getting the installer"
	@$(PYTHON) -m venv .tools
	@.tools/bin/pip install -q --disable-pip-version-check --require-hashes -r $<
	@touch $@

# A dozen processes start at once, in the demo as in the tests: compiled beforehand, no two of them compile the same module.
.venv/prod.ok: .tools/ok requirements/prod.txt pyproject.toml
	@echo "getting what the product runs on"
	@[ -x $(B)/python ] || $(UV) venv -q --python $(PYTHON) .venv
	@$(UV) pip install -q --compile-bytecode --python $(B)/python --require-hashes -r requirements/prod.txt
	@$(UV) pip install -q --python $(B)/python --no-deps --offline -e .
	@$(B)/python -m compileall -q -j 0 skills_bridge config
	@touch $@

.venv/test.ok: .venv/prod.ok requirements/test.txt
	@echo "getting what the tests need"
	@$(UV) pip install -q --compile-bytecode --python $(B)/python --require-hashes -r requirements/test.txt
	@touch $@

.venv/bench.ok: .venv/prod.ok requirements/bench.txt
	@echo "getting what the benchmarks compare us with"
	@$(UV) pip install -q --python $(B)/python --require-hashes -r requirements/bench.txt
	@touch $@

.tools/node.ok: .tools/ok requirements/build.txt
	@echo "getting Node"
	@$(UV) pip install -q --python .tools/bin/python --require-hashes -r requirements/build.txt
	@touch $@

ui/node_modules/ok: .tools/node.ok ui/package-lock.json
	@echo "getting the front-end libraries"
	@cd ui && $(NODE) npm ci --silent --no-audit --no-fund
	@touch $@

ui/node_modules/built.ok: ui/node_modules/ok ui/build.mjs $(wildcard ui/src/* ui/src/*/*)
	@echo "building the front end"
	@cd ui && $(NODE) node build.mjs
	@touch $@

comma := ,

.PHONY: help demo test nightly sure bench bench-quick limits format format-check lint types contracts locks lock stop clean browser
