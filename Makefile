# The menu. Everything here sets itself up; all it needs is Python 3.11 or newer and make.

PYTHON ?= python3
UV_VERSION := 0.13.9
BIN := .venv/bin
STAMP := .venv/.ready
# Behind a proxy with a certificate of its own, the system's certificates are the ones to trust: the second try uses them.
SYNC := UV_PROJECT_ENVIRONMENT=.venv .tools/bin/uv sync --quiet --frozen --all-packages --python $(PYTHON)

.PHONY: help setup demo test postgresql serve lint types contracts check bench generate clean

help: ## Show this menu
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

setup: $(STAMP) ## Make .venv with the locked dependencies

$(STAMP): uv.lock pyproject.toml client/pyproject.toml
	@echo "Making .venv with the locked dependencies"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; set PYTHON=…"; exit 1; }
	@test -x .tools/bin/uv || { $(PYTHON) -m venv .tools && .tools/bin/python -m pip install --quiet "uv==$(UV_VERSION)"; }
	@$(SYNC) || $(SYNC) --system-certs
	@touch $(STAMP)

demo: $(STAMP) ## Bill AI media generation end to end, in one command
	@$(BIN)/python -m flexprice_emulator.demo

test: $(STAMP) ## Run all tests
	$(BIN)/pytest -n 2 --dist worksteal -q

postgresql: $(STAMP) ## Run the tests of PostgreSQL, and some of the others on it
	$(BIN)/pytest -n 2 --dist worksteal -q tests/postgres
	FLEXPRICE_TEST_DATABASE=postgresql $(BIN)/pytest -n 2 --dist worksteal -q $(addprefix tests/,customers entitlements events tasks wallets)

serve: $(STAMP) ## Start the emulator on 127.0.0.1:8080 with the AI media rules
	@$(BIN)/flexprice-emulator serve --rules pricing_rules/packs/ai-media.yaml

lint: $(STAMP) ## Check style and formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP) ## Check types, strictly
	$(BIN)/mypy

contracts: $(STAMP) ## Check which part may import which
	$(BIN)/lint-imports

check: lint types contracts test ## Everything CI asks for

bench: $(STAMP) ## Measure against the budgets and write benchmarks/RESULTS.md
	@$(BIN)/python -m benchmarks

generate: $(STAMP) ## Write the generated files anew
	@$(BIN)/python -m flexprice_emulator.generate

clean: ## Remove what setup made
	rm -rf .venv .tools .mypy_cache .ruff_cache .pytest_cache .hypothesis
