# Thin: each target sets up what is missing, then calls the `coursekit` command.
# Without make (Windows): see "Sin make" in README.es.md.

PYTHON ?= python3
ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
else
BIN := .venv/bin
endif
COURSEKIT := $(BIN)/coursekit
SETUP := PYTHONPATH=src $(PYTHON) -m coursekit.course.setup

.DEFAULT_GOAL := help
.PHONY: help setup course test check run record lab present slides sync claims status bench chat serve new strip release clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## virtual environment, Python and Node packages, a browser where it may
	@$(SETUP) --browser optional

course: setup ## build everything: executed notebooks, decks, ledger, index
	@$(COURSEKIT) course $(M)

test: ## all checks: lint, tests, every notebook, claims, drift, decks in a real browser
	@$(SETUP) --browser required
	@$(COURSEKIT) test

check: ## the quick checks, under two minutes
	@$(SETUP) --browser none
	@$(COURSEKIT) check

run: setup ## execute the notebooks (M=03-mamba for one module)
	@$(COURSEKIT) run $(M)

record: setup ## the longer runs of one module (M=03-mamba S=--stale for what is stale): recorded.json
	@$(COURSEKIT) record $(M) $(S)

lab: setup ## open the notebooks in JupyterLab
	@$(COURSEKIT) lab

present: setup ## live preview of a deck (M=03-mamba)
	@$(COURSEKIT) present $(M)

slides: setup ## build the decks from the results that are there
	@$(COURSEKIT) slides $(M)

sync: setup ## rewrite literals, code and figures of the decks from the last results
	@$(COURSEKIT) sync $(M)

claims: setup ## print the ledger of claims
	@$(COURSEKIT) claims $(M)

status: setup ## what is stale, and why
	@$(COURSEKIT) status $(M)

bench: setup ## time the kernels of one module (M=03-mamba) and record the ratios
	@$(COURSEKIT) bench $(M)

chat: setup ## talk to SmolLM2 in the terminal
	@$(COURSEKIT) chat smollm2

serve: setup ## serve SmolLM2 to the clients of OpenAI and of Ollama, on this machine
	@$(COURSEKIT) serve smollm2

new: setup ## start a module: M=09-datos T="Datos y preentrenamiento"
	@$(COURSEKIT) new $(M) "$(T)"

strip: setup ## remove outputs from the notebooks
	@$(COURSEKIT) strip

release: setup ## refuse unless nothing is stale and every claim holds
	@$(COURSEKIT) release

clean: ## remove what was built (the environment stays)
	@rm -rf build .pytest_cache .ruff_cache .hypothesis
