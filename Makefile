# Three commands matter: `make demo` (see it answer), `make check` (before a commit) and `make test` (see it hold).
# Each starts from nothing but Python.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: demo check static test test-slurm fmt docs page lock clean help

help:  ## What there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 14

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "slangrag needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)

# Stamps: one for what users need, one more for what the tests need.
$(VENV)/.runtime: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[embedded,serve]'
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[embedded,documents,serve,mcp,eval,export,langchain,huggingface,tune,dev]'
	@touch $@

demo: $(VENV)/.runtime  ## From a fresh clone to a cited answer: no server, no GPU, no data of your own
	@bash tools/demo.sh $(BIN)/slangrag

static: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: static  ## Before a commit: lint, types, import order, unit tests (a minute, no network)
	$(BIN)/python -m pytest tests/unit --numprocesses 2 --dist loadfile

test: static  ## Lint, types, import order and every test (some minutes; fetches the embedded engine's weights)
	$(BIN)/slangrag models pull --engine embedded
	@tools/get_browser.sh
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile

test-slurm: $(VENV)/.dev  ## The cluster scripts against a real Slurm of their own (needs root on Debian)
	@if command -v shellcheck >/dev/null; then \
	  shellcheck -x -P . .ci/run deploy/*.sh tools/*.sh slurm/*.sh slurm/*.sbatch tests/slurm/*.sh tests/slurm/ollama; \
	else echo "shellcheck: left out, it is not on PATH (apt-get install shellcheck)"; fi
	tests/slurm/run.sh

fmt: $(VENV)/.dev  ## Format and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(VENV)/.dev  ## Write docs/cli.md and the README's pictures anew
	$(BIN)/python tools/make_docs.py
	$(BIN)/python -m tools.page_pictures

page:  ## Build the page of `slangrag serve` anew after a change in web/ (needs Node 20; users need none)
	npm --prefix web ci --no-audit --no-fund
	npm --prefix web run check-types
	npm --prefix web run build

lock: $(BIN)/python  ## Pin every dependency anew, for every platform, into constraints.txt
	$(BIN)/python -m pip install --quiet uv
	echo "torch<2.14" >$(VENV)/torch.txt  # later builds want CUDA's libraries where there is no GPU, too
	$(BIN)/uv pip compile --constraint $(VENV)/torch.txt --universal --all-extras --no-header --no-annotate --no-emit-index-url --python-version 3.11 --output-file constraints.txt pyproject.toml

clean:  ## Remove the virtual environment and what tools left
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
