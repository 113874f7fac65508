# Two commands matter: `make run` and `make test`. `make` alone lists the rest.

PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
export PORT

.DEFAULT_GOAL := help
.PHONY: help run test lint format types proof bench lock

help: ## List the commands
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 10

run: .venv/.runtime .local/env .local/.static ## Serve the site on http://127.0.0.1:8000 (another port: PORT=8001)
	@$(BIN)/python scripts/serve.py

test: .venv/.development .local/env ## Run every test, in Chromium and on PostgreSQL too
	@scripts/system-packages
	@$(BIN)/python -m pytest

lint: .venv/.development .local/env ## Check format, code, templates, imports, migrations, production settings
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/djlint --quiet --lint templates
	$(BIN)/lint-imports --no-logo
	$(BIN)/python manage.py makemigrations --check --dry-run
	CANARYLEARN_ENV=production ALLOWED_HOSTS=learn.example.org SECRET_KEY_FILE=.local/secret-key DATABASE_URL=sqlite:///.local/check.sqlite3 \
		$(BIN)/python manage.py check --deploy --database default --fail-level WARNING

format: .venv/.development ## Format the code
	$(BIN)/ruff check --quiet --fix .
	$(BIN)/ruff format .

types: .venv/.development .local/env ## Check the types
	$(BIN)/mypy

proof: .venv/.runtime .local/env ## Prove every item of the content anew, over all its seeds
	$(BIN)/python manage.py check_content --all

bench: .venv/.development .local/env ## Measure, and print the tables of docs/performance.md
	$(BIN)/python -m benchmarks

lock: .venv/.development ## Pin the newest allowed version of every dependency, with hashes
	$(BIN)/uv pip compile $(LOCK) --output-file requirements.txt pyproject.toml
	$(BIN)/uv pip compile $(LOCK) --output-file requirements-dev.txt --group dev --constraint requirements.txt pyproject.toml

LOCK := --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command 'make lock'
PIP := $(BIN)/python -m pip --quiet --quiet --disable-pip-version-check install
# Compiled here, so that the command starts at once where Python may not write beside its sources.
INSTALL_CANARY := $(PIP) --no-deps --no-build-isolation --editable . && $(BIN)/python -m compileall -q canarylearn practice quizzes

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("CanaryLearn needs Python 3.11 or newer, and $(PYTHON) is %d.%d. Name a newer one: make run PYTHON=python3.12" % sys.version_info[:2])'
	@$(PYTHON) -m venv .venv

# The stamps spare the installation when nothing changed.
.venv/.runtime: requirements.txt pyproject.toml | .venv/bin/python
	@echo "Installing what CanaryLearn needs (about a minute, once)"
	@$(PIP) --require-hashes --requirement requirements.txt
	@$(INSTALL_CANARY)
	@touch $@

.venv/.development: requirements-dev.txt pyproject.toml | .venv/bin/python
	@echo "Installing what the tests and checks need (about two minutes, once)"
	@$(PIP) --require-hashes --requirement requirements-dev.txt
	@$(INSTALL_CANARY)
	@touch $@

.local/.static: .venv/.runtime .local/env $(shell find static -type f)
	@$(BIN)/python manage.py collectstatic --no-input --clear --verbosity 0
	@touch $@

.local/env: | .local/secret-key
	@echo "CANARYLEARN_ENV=development" > $@

.local/secret-key:
	@mkdir -p -m 700 .local
	@umask 077 && $(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(50))' > $@
