# Everything here needs only make and Python 3.11, 3.12 or 3.13. The tools live in .venv, pinned by hash.
# Only test-peers, pictures and slack-schema need more: Node 20 or newer, and Chromium.
# `make help` lists the targets. Words after ARGS reach the command: make test ARGS="-k outbox".

VENV := .venv
BIN := $(VENV)/bin
NODE := tests/peers/node
SLACK_SCHEMA := tests/fixtures/slack/schema/blocks.json
ARGS ?=
CHECKED = $(wildcard app.py conversations bot storage adapters benchmarks tests)

# What a suitable Python answers with success: the right version, able to make a virtual environment.
SUITABLE := import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
COMPILE := UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv --no-config pip compile pyproject.toml --quiet \
	--universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links

.PHONY: help setup setup-dev run chat test test-long test-peers pictures check format lock slack-schema
.DEFAULT_GOAL := help

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV)/runtime.stamp ## make .venv with what the bot needs to run

setup-dev: $(VENV)/dev.stamp ## add what tests and checks need

$(VENV)/runtime.stamp: requirements.lock
	@if ! $(BIN)/python -c '$(SUITABLE)' 2>/dev/null; then \
	    found=; \
	    for python in $(PYTHON) python3 python3.13 python3.12 python3.11 python; do \
	        if $$python -c '$(SUITABLE)' >/dev/null 2>&1; then found=$$python; break; fi; \
	    done; \
	    if [ -z "$$found" ]; then \
	        echo "Team Leeds Chats needs Python 3.11, 3.12 or 3.13 with its venv module, and none was found:" \
	            "install one (on Debian and Ubuntu: apt install python3 python3-venv)," \
	            "or name yours with make PYTHON=/path/to/python3." >&2; \
	        exit 1; \
	    fi; \
	    echo "Making $(VENV) with $$($$found --version)"; \
	    $$found -m venv --clear $(VENV); \
	fi
	@echo "Installing what the bot needs into $(VENV) (only when requirements.lock changes)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(VENV)/dev.stamp: $(VENV)/runtime.stamp requirements-dev.lock
	@echo "Installing what tests and checks need into $(VENV) (only when requirements-dev.lock changes)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

$(NODE)/node_modules/ready.stamp: $(NODE)/package.json $(NODE)/package-lock.json | $(VENV)/dev.stamp
	@$(BIN)/python -m tests.peers.needed
	@echo "Installing what peers need into $(NODE)/node_modules (only when its package-lock.json changes)"
	@cd $(NODE) && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

run: setup ## hold a chat
	@$(BIN)/python app.py chat $(ARGS)

chat: setup ## hold a chat in this terminal
	@$(BIN)/python app.py chat $(ARGS)

test: setup-dev ## run the tests
	$(BIN)/python -m pytest -n 2 $(ARGS)

test-long: setup-dev ## run the long tests
	$(BIN)/python -m pytest -m long $(ARGS)

test-peers: setup-dev $(NODE)/node_modules/ready.stamp ## run the tests that need Node and Chromium
	@$(BIN)/python -m tests.peers.needed
	$(BIN)/python -m pytest -n 3 -m peers $(ARGS)

pictures: setup-dev $(NODE)/node_modules/ready.stamp ## draw the messages and forms that changed; ARGS=--all draws every one
	@$(BIN)/python -m tests.peers.needed
	@$(BIN)/python -m tests.peers.pictures $(ARGS)

slack-schema: $(NODE)/node_modules/ready.stamp ## write the schema of Slack's blocks anew from Slack's own types
	node $(NODE)/schema.mjs > $(SLACK_SCHEMA).new
	mv $(SLACK_SCHEMA).new $(SLACK_SCHEMA)

check: setup-dev ## lint, format, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(CHECKED)
	$(BIN)/lint-imports

format: setup-dev ## lay the code out and mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: setup-dev ## choose versions anew; UPGRADE=--upgrade takes the newest
	$(COMPILE) $(UPGRADE) --output-file requirements.lock
	$(COMPILE) $(UPGRADE) --group dev --constraint requirements.lock --output-file requirements-dev.lock
