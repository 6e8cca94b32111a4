PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo test test-slow campaign dense coverage wheel-test lint docs figures notebook bench catalog gallery census lock clean

# Prints prices, payoffs, threats and the check for a published game and a four-player game, and
# refutes coalition-perfect equilibria of a third (exit status 1: the answer is no).
demo: $(STAMP)
	$(BIN)/harsanyi solve catalog:journals/ijgt/nau2004/sec4
	$(BIN)/harsanyi solve examples/four_firms.json
	$(BIN)/harsanyi exists examples/no_coalition_perfect.json --concept coalition-perfect || test $$? = 1

# On several processors at once; what sends signals or starts servers runs one after the other.
# Tests wait for states, not for times: one that hangs for a quarter of an hour is ended.
test: $(STAMP)
	$(BIN)/python -m pytest -n auto --dist loadgroup \
		-o faulthandler_timeout=900 -o faulthandler_exit_on_timeout=true

test-slow: $(STAMP)
	$(BIN)/python -m pytest -m slow

# Hostile games for every form of proof, GAMES of each; results stay in build/hostile and are continued.
GAMES ?= 1000
FORMS := one-box kink sets shared-face price-floor dropped exempt perfect regions
HOSTILE := PYTHONPATH=tests/support $(BIN)/python -m hostile
campaign: $(STAMP)
	mkdir -p build/hostile
	for form in $(FORMS); do \
		$(HOSTILE) design $$form $(GAMES) build/hostile/$$form.cases && \
		$(HOSTILE) attack build/hostile/$$form.cases build/hostile/$$form.attacks && \
		$(HOSTILE) enumerate build/hostile/$$form.cases build/hostile/$$form.lists || exit 1; \
	done
	$(HOSTILE) table build/hostile/*.attacks build/hostile/*.lists

# Tens of thousands of random games: the dense search against the proved lists. Takes hours, may be
# stopped and continued; the last command prints what was found.
DENSE := PYTHONPATH=tests/support $(BIN)/python -m oracles.dense.campaign
dense: $(STAMP)
	mkdir -p build
	$(DENSE) build/dense.jsonl
	$(DENSE) build/dense.jsonl --summary

# Branches of the definition, the checkers and the readers that no test takes. In one process.
coverage: $(STAMP)
	$(BIN)/python -m coverage run --branch --source=harsanyi_aux,harsanyi_check,smoothing -m pytest
	$(BIN)/python -m coverage report --show-missing --skip-covered

# Builds sdist and wheel, installs the wheel into a clean environment and runs the README from it.
wheel-test: $(STAMP)
	$(BIN)/python tests/packaging/wheel_test.py

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# The site, in site/; a warning is an error. It needs no network, neither to build nor to read.
docs: $(STAMP)
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet

# Redraws the figures of the documentation.
figures: $(STAMP)
	$(BIN)/python docs/make_figures.py
	$(BIN)/python docs/make_floors.py

# Runs the tutorial notebook and saves it with its output.
notebook: $(STAMP)
	$(BIN)/python docs/run_notebook.py

bench: $(STAMP)
	$(BIN)/python benchmarks/bench_threats.py
	$(BIN)/python benchmarks/bench_solve.py
	$(BIN)/python benchmarks/smoothing_campaign.py
	$(BIN)/python benchmarks/bench_enumerate.py
	$(BIN)/python benchmarks/bench_exists.py
	$(BIN)/python benchmarks/bench_design.py
	$(BIN)/python benchmarks/bench_search.py
	$(BIN)/python benchmarks/bench_startup.py
	$(BIN)/python benchmarks/bench_check.py

# Rewrites the table of published games and their certificates.
catalog: $(STAMP)
	$(BIN)/python examples/catalog/make_table.py

# Derives the gallery's games from their seeds, proves and checks everything, rewrites its files.
gallery: $(STAMP)
	$(BIN)/python examples/gallery/make_gallery.py

# Counts the equilibria of random games; stores stay in build/census and are continued.
census: $(STAMP)
	$(BIN)/python examples/census/make_census.py
	$(BIN)/python examples/census/make_uniform.py

# Pins what development and CI use anew; needed after a change of dependencies.
lock:
	$(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet uv
	build/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --extra dev \
		--custom-compile-command "make lock" \
		--no-emit-index-url --output-file requirements-dev.lock pyproject.toml

$(STAMP): pyproject.toml requirements-dev.lock
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --constraint requirements-dev.lock --editable '.[dev]'
	touch $(STAMP)

clean:
	rm -rf $(VENV) build dist site *.egg-info .pytest_cache .mypy_cache .ruff_cache
