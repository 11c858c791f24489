# make run, make test, make test-fast, make check, make bench: each sets up what it needs, once.
PYTHON ?= python3
BIN := .venv/bin
ADDRESS ?= 127.0.0.1
PORT ?= 8501

# A virtual environment of this project whose Python no longer runs (moved, or its base upgraded) counts as not made.
RUNS := $(shell $(BIN)/python -c "print('yes')" 2>/dev/null)
MADE := .venv/made$(if $(RUNS),,-anew).done

.PHONY: run test test-fast check format bench clean
.DELETE_ON_ERROR:

run: .venv/runtime.done
	$(BIN)/streamlit run app.py --server.address $(ADDRESS) --server.port $(PORT)

test: check .venv/browser.done
	$(BIN)/python -m pytest

# Under a minute, for between two edits: without a browser, pages, workers, and whatever else takes long.
test-fast: .venv/dev.done
	$(BIN)/python -m pytest -n 2 -m "not (browser or pages or workers or slow)"

check: .venv/dev.done
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright

format: .venv/dev.done
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/bench.done
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks.training_speed
	$(BIN)/python -m benchmarks.page_times
	$(BIN)/python -m benchmarks.explore_stream
	$(BIN)/python -m benchmarks.dials
	$(BIN)/python -m benchmarks.drawing
	$(BIN)/python -m benchmarks.robustness
	$(BIN)/python -m benchmarks.mutated_pictures
	$(BIN)/python -m benchmarks.likeness_rules
	$(BIN)/python -m benchmarks.accuracy
	$(BIN)/python -m benchmarks.sweep_speed
	$(BIN)/python -m benchmarks.diagnosis
	$(BIN)/python -m benchmarks.viewers
	$(BIN)/python -m benchmarks.small_machine
	$(BIN)/python -m benchmarks.kills

clean:
	rm -rf .venv

# A stamp is written only after its step has succeeded, so a half-made environment is made anew.
.venv/made.done .venv/made-anew.done:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "hqnn needs Python 3.11 or newer")'
	rm -rf .venv
	$(PYTHON) -m venv .venv
	touch .venv/made.done

.venv/runtime.done: requirements.txt $(MADE)
	$(BIN)/python -m pip install --quiet --requirement requirements.txt
	touch $@

.venv/dev.done: requirements-dev.txt .venv/runtime.done
	$(BIN)/python -m pip install --quiet --requirement requirements-dev.txt
	touch $@

.venv/bench.done: requirements-bench.txt .venv/browser.done
	$(BIN)/python -m pip install --quiet --requirement requirements-bench.txt
	touch $@

.venv/browser.done: .venv/dev.done
	$(BIN)/python -m tests.install_browser
	touch $@
