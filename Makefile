.PHONY: help setup setup-test run check quick test docs bench validate
.DEFAULT_GOAL := help
BIN := .venv/bin

help:    ## this list
	@grep -E '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 10

setup:   ## install what the lock files say, only when they changed
	@./scripts/setup run

setup-test:
	@./scripts/setup test

run: setup  ## the site, the worker and demonstration data, on http://localhost:8000
	$(BIN)/trialogue demo

check: setup-test  ## format, lint, types, arrows, missing migrations
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/trialogue manage makemigrations --check --dry-run

quick: setup-test  ## the tests that answer in seconds
	$(BIN)/pytest -n auto -m "not browser and not slow"

# The browser has a run of its own: Playwright's loop stays in its process, and Django refuses a
# database there.
test: check  ## everything: the browser too, and the apps on both databases
	$(BIN)/pytest -n auto --ignore tests/browser
	$(BIN)/pytest -n auto tests/browser
	./scripts/with-postgres $(BIN)/pytest -n auto tests/apps

docs: setup-test  ## the reference of the methods, from their docstrings: build/reference
	./scripts/reference

bench: setup-test  ## every benchmark against its peer, one after another (the peers are fetched first)
	$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r requirements/bench.txt
	$(BIN)/python benchmarks/all.py

validate: setup-test  ## every method against others' answers and simulated trials: docs/validation.md
	$(BIN)/python -m validation
