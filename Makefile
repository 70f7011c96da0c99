# Two commands do everything: `make demo` and `make test`. Each sets the project up in .venv when it has to.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test lint docs figures picture bench oracle clean

demo: $(READY)
	@$(BIN)/glosten demo

test: $(READY)
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $(READY)

docs: $(READY)
	$(BIN)/glosten params --markdown > docs/parameters.md

# The pictures of docs/theory: each stands on its page above the command that draws it.
figures: $(READY)
	@grep -hoE '^    glosten .*--figure docs/.*' docs/theory/*.md | while read -r line; do \
	    echo "$$line"; $(BIN)/$$line > /dev/null || exit 1; done

# The picture of the README; needs a chromium.
picture: demo
	chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --window-size=1280,1500 \
	    --virtual-time-budget=10000 --screenshot=docs/demo.png "file://$(CURDIR)/glosten-demo/report.html"

# hftbacktest pins numpy, so it gets an environment of its own; DATA is the folder with the BTCUSDT tapes.
ORACLE := .venv-oracle
DATA ?= ../shared/data

oracle: $(READY) $(ORACLE)/.ready
	$(BIN)/python -m oracle --python $(ORACLE)/bin/python --data $(DATA)

$(ORACLE)/.ready:
	$(PYTHON) -m venv $(ORACLE)
	$(ORACLE)/bin/python -m pip install --quiet --disable-pip-version-check 'hftbacktest==2.4.4' || \
	    { echo 'hftbacktest 2.4.4 cannot be installed here (it needs Python 3.11 or later and a wheel for this machine).'; exit 1; }
	touch $@

bench: $(READY)
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) $(ORACLE) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
