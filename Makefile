# A clone, Python 3.10+, Node 20+ and make are enough: each target does what it
# needs first, and what is already done is not done again.
#
#   make lab     JupyterLab with miStudio and its demo (LAB_ARGS="--no-browser --port 8899")
#   make test    every check and every test
#   make help    the other targets

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.NOTPARALLEL:
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# The browser comes from the system, not from Playwright's own download.
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD := 1

BUILT := mistudio_ext/labextension/package.json
LINK := $(VENV)/share/jupyter/labextensions/mistudio-labextension
FRONTEND := $(shell find labextension/src labextension/style labextension/schema -type f ! -name '*.spec.*' 2>/dev/null)

.PHONY: help setup lab demo test check check-python check-frontend test-frontend test-python \
  test-browser test-long bench contract check-contract dist clean

help:
	@echo "make setup         the virtual environment, the packages, the frontend"
	@echo "make lab           start JupyterLab on the workspace (MISTUDIO_WORKSPACE, LAB_ARGS)"
	@echo "make demo          load the demo into the workspace (DEMO_ARGS)"
	@echo "make test          every check and every test"
	@echo "make check         linters, types, floors, contract: no tests"
	@echo "make test-python   pytest alone;  make test-frontend: vitest;  make test-browser: galata"
	@echo "make test-long     the long repeats"
	@echo "make bench         the measurements (BENCH=name for one)"
	@echo "make contract      docs/openapi.json and labextension/src/api/contract.ts anew"
	@echo "make dist          wheel and sdist of the last commit, in dist/"
	@echo "make clean         everything that was built or installed; never the workspace"

# ---- setup -------------------------------------------------------------------

setup: $(VENV)/.linked

# Each stamp lies in the folder it speaks for, and goes when that folder goes.
$(VENV)/.tools: constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "Python 3.10 or newer is needed: make PYTHON=/path/to/python3")'
	test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	python -m pip install --quiet -c constraints.txt editables hatchling hatch-jupyter-builder "jupyter-builder>=1.2,<2"
	touch $@

# The frontend is built below, so pip is told to leave it alone. The link is
# taken away first: through it, pip would write into the working tree.
$(VENV)/.installed: pyproject.toml constraints.txt install.json jupyter-config/mistudio_ext.json $(VENV)/.tools
	rm -rf $(LINK) $(VENV)/.linked
	mkdir -p mistudio_ext/labextension
	SKIP_JUPYTER_BUILDER=1 python -m pip install --quiet -c constraints.txt --no-build-isolation -e '.[test,dev]'
	touch $@

node_modules/.installed: package.json package-lock.json .npmrc
	npm ci --no-audit --no-fund
	touch $@

$(BUILT): node_modules/.installed labextension/tsconfig.json $(FRONTEND) | $(VENV)/.tools
	npm run --silent build
	touch $@

$(VENV)/.linked: $(VENV)/.installed $(BUILT)
	test -L $(LINK) || jupyter-builder develop . --overwrite
	touch $@

# ---- use ---------------------------------------------------------------------

# Of what MISTUDIO_WORKSPACE names, or beside the sources.
lab demo: export MISTUDIO_WORKSPACE ?= $(CURDIR)/.mistudio-workspace
LAB = jupyter lab $(if $(filter 0,$(shell id -u)),--allow-root) $(LAB_ARGS)

# A new workspace gets the demo, and a notebook about it is opened. A demo that could not be made keeps nobody from working.
lab: setup
	if [ -e "$$MISTUDIO_WORKSPACE" ]; then $(LAB); else \
	  mistudio demo || echo "The demo is not loaded; make demo tries again."; \
	  test -e demo.ipynb || cp mistudio_ext/demo/demo.ipynb demo.ipynb; \
	  $(LAB) demo.ipynb; \
	fi

demo: setup
	mistudio demo $(DEMO_ARGS)

# ---- checks and tests ----------------------------------------------------------

test: check test-frontend test-python test-browser
	@echo "All checks and tests passed."

check: check-python check-frontend check-contract

check-python: $(VENV)/.installed
	ruff check .
	ruff format --check .
	mypy
	lint-imports

check-frontend: node_modules/.installed
	npm run --silent check

check-contract: $(VENV)/.installed node_modules/.installed
	scripts/contract.sh --check

test-frontend: node_modules/.installed
	npm test --silent

# Lane processes are measured too, see [tool.coverage.run].
test-python: setup
	coverage erase
	pytest --cov --cov-report=term-missing:skip-covered $(PYTEST_ARGS)

test-browser: setup tests/browser/node_modules/.installed
	node_modules/.bin/tsc -p tests/browser
	scripts/browser-tests.sh $(BROWSER_ARGS)

tests/browser/node_modules/.installed: tests/browser/package.json tests/browser/package-lock.json
	cd tests/browser && npm ci --no-audit --no-fund
	touch $@

test-long: setup
	pytest -m long --timeout 1800 $(PYTEST_ARGS)

# One by name: make bench BENCH=jobs_list
bench: setup
	for file in benchmarks/$(or $(BENCH),*).py; do echo "== $$file"; python $$file; done

# ---- made files ----------------------------------------------------------------

# Not by way of setup: a stale contract may be why the frontend does not build.
contract: $(VENV)/.installed node_modules/.installed
	scripts/contract.sh

# From the commit and not from the working tree, where a development build may lie.
dist: setup
	rm -rf dist
	build=$$(mktemp -d) && trap 'rm -rf "$$build"' EXIT && \
	git archive HEAD | tar -x -C "$$build" && \
	python -m build --outdir dist "$$build"

clean:
	rm -rf $(VENV) node_modules tests/browser/node_modules mistudio_ext/labextension labextension/lib \
	  labextension/tsconfig.tsbuildinfo dist build coverage htmlcov .coverage .coverage.* \
	  .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis \
	  tests/browser/test-results tests/browser/playwright-report
	find mistudio_ext tests scripts -name __pycache__ -type d -prune -exec rm -rf {} +
