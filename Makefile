# The only entry point: everything that a developer or a CI does has a target here.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOCK_BIN := .venvs/lock/bin
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input
COMPILE := $(LOCK_BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	--no-annotate --no-emit-index-url
PYTHON_CODE := src tests tools $(wildcard bench) hatch_build.py
WEB := $(BIN)/python -m tools.build_web
# By themselves: what drives the browser keeps an event loop running. 5: ARGS chose none of them.
BROWSER_TESTS := $(BIN)/pytest -m browser
WORKERS ?= auto
ARGS ?=

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run demo test check web webcheck lint format types layers architecture docs bench reads ci build lock clean

help: ## list the targets
	@awk 'BEGIN { FS = ":.*## " } /^[a-z]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.runtime web ## start the server; ARGS="--port 4000" passes options on
	$(BIN)/panope serve $(ARGS)

demo: $(VENV)/.dev web ## start a server with a project worth looking at, sent by published SDKs; ARGS="--port 4000"
	$(BIN)/python -m tools.demo $(ARGS)

test: $(VENV)/.dev web ## run every test but the long ones; ARGS="-k merge" narrows it
	$(BIN)/pytest -n $(WORKERS) -m "not long and not browser" $(ARGS)
	$(BROWSER_TESTS) $(ARGS) || [ $$? -eq 5 ]

check: lint types layers architecture webcheck ## every check that runs no server: style, types, layers, budgets

web: $(VENV)/.runtime ## build the web app into the package; does nothing while its sources stay
	@$(WEB) --has-node || $(PIP_INSTALL) --require-hashes -r constraints/node.txt
	@$(WEB)

webcheck: $(VENV)/.dev web ## the web app: style, types, unit tests, sizes
	@$(WEB) --npm run check

lint: $(VENV)/.dev ## ruff: rules and formatting
	$(BIN)/ruff check $(PYTHON_CODE)
	$(BIN)/ruff format --check $(PYTHON_CODE)

format: $(VENV)/.dev ## rewrite the code as ruff wants it
	$(BIN)/ruff check --fix --exit-zero $(PYTHON_CODE)
	$(BIN)/ruff format $(PYTHON_CODE)

types: $(VENV)/.dev ## mypy, strict
	$(BIN)/mypy

layers: $(VENV)/.dev ## import contracts between the layers
	$(BIN)/lint-imports

architecture: $(VENV)/.dev ## size budgets, docstrings, names, purity, pins
	$(BIN)/pytest tests/architecture

docs: $(VENV)/.dev web ## rewrite the reference pages, and the web app's types, that are made from the code
	$(BIN)/python -m tools.pages
	$(BIN)/python -m tools.web_schema

bench: $(VENV)/.dev ## load generator and micro-benchmarks; ARGS chooses among them
	$(BIN)/python -m bench $(ARGS)

reads: $(VENV)/.dev ## time and work of every read at two sizes; ARGS such as --engine postgres
	$(BIN)/python -m bench.reads $(ARGS)

ci: check $(VENV)/.dev web ## all checks and all tests, the long ones at bounded size
	$(BIN)/pytest -n $(WORKERS) --load bounded -m "not browser" $(ARGS)
	$(BROWSER_TESTS) $(ARGS) || [ $$? -eq 5 ]

build: $(VENV)/.runtime web ## wheel and source distribution into dist/
	$(BIN)/hatchling build

lock: $(LOCK_BIN)/uv ## recompile constraints/; ARGS=--upgrade takes newer versions
	$(COMPILE) pyproject.toml --group dev --output-file constraints/dev.txt $(ARGS)
	$(COMPILE) pyproject.toml --constraint constraints/dev.txt --output-file constraints/runtime.txt
	$(COMPILE) --group build --constraint constraints/dev.txt --output-file constraints/build.txt
	$(COMPILE) --group node --output-file constraints/node.txt $(ARGS)

clean: ## remove everything that was installed, built or cached; keeps panope-data/
	rm -rf $(VENV) .venvs dist build web/node_modules src/panope/web .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find src tests tools -name __pycache__ -type d -prune -exec rm -rf {} +

# Stamps: an install is repeated when the pins or the package's metadata change.

$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=...")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: constraints/runtime.txt constraints/build.txt pyproject.toml | $(BIN)/pip
	$(PIP_INSTALL) --require-hashes -r constraints/runtime.txt -r constraints/build.txt
	$(PIP_INSTALL) --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/.dev: constraints/dev.txt pyproject.toml | $(BIN)/pip
	$(PIP_INSTALL) --require-hashes -r constraints/dev.txt
	$(PIP_INSTALL) --no-deps --no-build-isolation -e .
	touch $(VENV)/.runtime $@

$(LOCK_BIN)/uv:
	$(PYTHON) -m venv $(dir $(LOCK_BIN))
	$(LOCK_BIN)/python -m pip install --quiet --disable-pip-version-check uv
