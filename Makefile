# Two commands: `make demo` (the bundled study, first run sets everything up) and `make test` (every check).
PYTHON ?= python3.11
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
TORCH := torch==2.13.0
# PyTorch's own CPU builds: on Linux the plain name would bring gigabytes of CUDA packages.
TORCH_CPU_INDEX ?= https://download.pytorch.org/whl/cpu
DEMO_HOME := data/outbox/demo
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: demo test test-slow lint types contracts unit bench load ablation clean help

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/ —/'

$(STAMP): pyproject.toml constraints.txt
	@command -v $(PYTHON) >/dev/null || { echo "Polyvocal needs $(PYTHON) (Debian/Ubuntu: apt install python3.11 python3.11-venv; macOS: brew install python@3.11)"; exit 1; }
	@echo "Setting up $(VENV) (about two minutes, 2 GB, once)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@if [ "$$(uname)" = Linux ]; then \
	  $(BIN)/pip install -q "$(TORCH)+cpu" 2>/dev/null || $(BIN)/pip install -q "$(TORCH)" --index-url $(TORCH_CPU_INDEX); \
	else $(BIN)/pip install -q "$(TORCH)"; fi
	@$(BIN)/pip install -q -c constraints.txt -e ".[dev]"
	@touch $@

demo: $(STAMP) ## run the bundled study to its first checkpoints
	@$(BIN)/polyvocal run configs/sample --home $(DEMO_HOME) --accept-as-read --as demo
	@echo 'Before you type these commands, so that your shell finds them: . $(BIN)/activate'

test: $(STAMP) lint types contracts unit ## every check

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)
	$(BIN)/mypy

contracts: $(STAMP)
	$(BIN)/lint-imports

unit: $(STAMP)
	$(BIN)/python -m pytest $(PYTEST_ARGS)

test-slow: $(STAMP) ## the long journeys too
	$(BIN)/python -m pytest --slow

bench: $(STAMP) ## embedding speed against sentence-transformers' default call
	$(BIN)/python -m benchmarks.embedding

load: $(STAMP) ## twenty coders at the review site, on SQLite (LOAD_ARGS="--store URL" for PostgreSQL)
	$(BIN)/python -m benchmarks.review_load $(LOAD_ARGS)

ablation: $(STAMP) ## what each lever of the suggestions is worth, on the coded studies in ../shared/corpora
	$(BIN)/python -m benchmarks.ablation $(ABLATION_ARGS)

clean: ## forget the demo and the environment
	rm -rf $(VENV) $(DEMO_HOME) .mypy_cache .ruff_cache .pytest_cache
