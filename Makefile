# make run, make test, make check, make bench: each sets up what it needs, once.
PYTHON ?= python3
BIN := .venv/bin
ADDRESS ?= 127.0.0.1
PORT ?= 8501

# An environment whose Python no longer runs (moved, or its base upgraded) is made anew as well.
ifneq ($(shell $(BIN)/python -c "print('runs')" 2>/dev/null),runs)
$(shell rm -f .venv/made.done)
endif

.PHONY: run test check format bench clean
.DELETE_ON_ERROR:

run: .venv/runtime.done
	$(BIN)/streamlit run app.py --server.address $(ADDRESS) --server.port $(PORT)

test: check .venv/browser.done
	$(BIN)/python -m pytest

check: .venv/dev.done
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright

format: .venv/dev.done
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/browser.done
	$(BIN)/python -m benchmarks.epoch_time
	$(BIN)/python -m benchmarks.page_times
	$(BIN)/python -m benchmarks.accuracy

clean:
	rm -rf .venv

# A stamp is written only after its step has succeeded, so a half-made environment is made anew.
.venv/made.done:
	rm -rf .venv
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "hqnn needs Python 3.11 or newer")'
	$(PYTHON) -m venv .venv
	touch $@

.venv/runtime.done: requirements.txt .venv/made.done
	$(BIN)/python -m pip install --quiet --requirement requirements.txt
	touch $@

.venv/dev.done: requirements-dev.txt .venv/runtime.done
	$(BIN)/python -m pip install --quiet --requirement requirements-dev.txt
	touch $@

.venv/browser.done: .venv/dev.done
	$(BIN)/python -m tests.install_browser
	touch $@
