# The commands of the house. Each one first installs what it needs into .venv; a second run takes moments.

PYTHON ?= python3
PORT ?= 8000
DATA ?= var
# One more than there are cores: a browser is waited for.
JOBS ?= $(shell expr $$(nproc) + 1)
BIN := .venv/bin

.PHONY: demo test check bench mechanisms messages screenshots lock set-up-demo set-up-test

# A fictional district on http://127.0.0.1:$(PORT)/, kept under $(DATA).
demo: set-up-demo
	@exec $(BIN)/gongzhi --data "$(DATA)" demo --port "$(PORT)"

# Every test, the browser's included, on all cores (JOBS=0: in one process).
# ARGS goes to pytest: make test ARGS="tests/demands -x".
test: set-up-test
	@exec $(BIN)/python -m pytest -n $(JOBS) --maxprocesses 8 --dist worksteal $(ARGS)

# Format, lint, import contracts, types, migrations.
check: set-up-test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/python -m tests.migrations

# The figures of the benchmarks, printed.
bench: set-up-test
	@exec $(BIN)/python -m bench $(ARGS)

# The table of mechanisms, each with the tests that prove it.
mechanisms: set-up-test
	@exec $(BIN)/python -m tests.mechanisms

# The English catalogue, brought up to the texts of code and templates. Needs GNU gettext.
messages: set-up-test
	@exec $(BIN)/python -m tools.messages

# The guides' pictures, taken again from a freshly loaded district; ARGS="--only unit" for one guide.
screenshots: set-up-test
	@exec $(BIN)/python -m tools.screenshots $(ARGS)

# Choose the newest packages that pyproject.toml allows and pin them by hash. Needs uv.
lock:
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-annotate --no-header -o requirements.lock
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-annotate --no-header -o requirements-dev.lock
	uv pip compile pyproject.toml --extra bench --universal --python-version 3.11 --generate-hashes --no-annotate --no-header -c requirements.lock -o requirements-bench.lock

set-up-demo:
	@$(PYTHON) tools/set_up.py demo

set-up-test:
	@$(PYTHON) tools/set_up.py test
