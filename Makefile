PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo test test-slow coverage lint bench catalog gallery census clean

# Prints prices, payoffs, threats and the check for a published game and a four-player game, and
# refutes coalition-perfect equilibria of a third (exit status 1: the answer is no).
demo: $(STAMP)
	$(BIN)/harsanyi solve catalog:journals/ijgt/nau2004/sec4
	$(BIN)/harsanyi solve examples/four_firms.json
	$(BIN)/harsanyi exists examples/no_coalition_perfect.json --concept coalition-perfect || test $$? = 1

test: $(STAMP)
	$(BIN)/python -m pytest

test-slow: $(STAMP)
	$(BIN)/python -m pytest -m slow

# Branches of the definition, the checker and the readers that no test takes.
coverage: $(STAMP)
	$(BIN)/python -m coverage run --branch --source=harsanyi_aux,smoothing -m pytest
	$(BIN)/python -m coverage report --show-missing --skip-covered

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(STAMP)
	$(BIN)/python benchmarks/bench_threats.py
	$(BIN)/python benchmarks/bench_solve.py
	$(BIN)/python benchmarks/smoothing_campaign.py
	$(BIN)/python benchmarks/bench_enumerate.py
	$(BIN)/python benchmarks/bench_exists.py
	$(BIN)/python benchmarks/bench_design.py
	$(BIN)/python benchmarks/bench_search.py

# Rewrites the table of published games and their certificates.
catalog: $(STAMP)
	$(BIN)/python examples/catalog/make_table.py

# Derives the gallery's games from their seeds, proves and checks everything, rewrites its files.
gallery: $(STAMP)
	$(BIN)/python examples/gallery/make_gallery.py

# Counts the equilibria of random games; stores stay in build/census and are continued.
census: $(STAMP)
	$(BIN)/python examples/census/make_census.py

$(STAMP): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $(STAMP)

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache
