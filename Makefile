# Every target does all the set-up it needs: only python3 and make have to be there.
PYTHON ?= python3
UV := .tools/bin/uv
KIBAN := .venv/bin/kiban
RUN := .venv/bin/python -m
PORT ?= 8420

.PHONY: venv demo test test-wheel browser lint types architecture bench docs reading-table check-gemd mutation crash-test oidc-provider lock clean check-datasets

.tools/bin/uv:
	$(PYTHON) -m venv .tools
	.tools/bin/pip install --quiet --disable-pip-version-check uv

.venv/.installed: requirements.lock pyproject.toml | $(UV)
	$(UV) venv --quiet --allow-existing --python $(PYTHON) .venv
	$(UV) pip sync --quiet --python .venv/bin/python --compile-bytecode --require-hashes requirements.lock
	$(UV) pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable .
	.venv/bin/python -m compileall -q src/kiban
	touch $@

venv: .venv/.installed

demo: venv
	$(KIBAN) demo --port $(PORT) --home .kiban-demo

test: venv
	$(RUN) pytest -n 2 --dist loadfile --no-loadscope-reorder

# The same tests against the wheel, from a folder where the source tree is out of sight.
test-wheel: venv
	.venv/bin/python tests/run_from_wheel.py

browser: venv
	$(RUN) pytest -m browser tests

lint: venv
	$(RUN) ruff check .
	$(RUN) ruff format --check .

types: venv
	$(RUN) mypy

architecture: venv
	$(RUN) pytest tests/architecture

bench: venv
	for script in benchmarks/*.py; do echo "== $$script"; .venv/bin/python $$script || exit 1; done

# The reference pages that follow from the code.
docs: venv
	.venv/bin/python docs/make_reference_pages.py

# What is made of the real files in ../shared/data, compared with the figures of others.
reading-table: venv
	.venv/bin/python docs/make_reading_table.py

# What Kiban writes as GEMD, read by the package gemd, which cannot be in the same environment: it wants an older pint.
check-gemd: venv .venv-gemd/.installed
	rm -rf build/gemd
	.venv/bin/python tests/standards/write_gemd_examples.py build/gemd
	.venv-gemd/bin/python tests/standards/check_gemd.py build/gemd

.venv-gemd/.installed: requirements-gemd.lock | $(UV)
	$(UV) venv --quiet --allow-existing --python $(PYTHON) .venv-gemd
	$(UV) pip sync --quiet --python .venv-gemd/bin/python --require-hashes requirements-gemd.lock
	touch $@

# Commands, workers and the database are killed at random moments, more often than the ordinary run does.
crash-test: venv
	KIBAN_TEST_KILLS=50 KIBAN_TEST_ACCESS_KILLS=110 KIBAN_TEST_ROUNDS=30 KIBAN_TEST_ROUND_KILLS=10 \
		$(RUN) pytest -s tests/journeys/test_crashes.py tests/journeys/test_crashes_of_access.py \
		tests/journeys/test_laboratory.py

# Descriptions of data sets, read by validators of other people: DataCite, Croissant, RO-Crate. Nothing is fetched by them.
check-datasets: venv .venv-datasets/.installed
	rm -rf build/datasets
	.venv/bin/python tests/standards/write_dataset_examples.py build/datasets
	.venv-datasets/bin/python tests/standards/check_datasets.py build/datasets

# Planning engines of other people, for `benchmarks/planning.py` and their contract suite. Torch first, so that its size is
# chosen here: where a registry has a build for the processor alone, name that one (TORCH=torch==...+cpu). The suite, some
# minutes of BayBE: PYTHONPATH=src .venv-planning/bin/python -m pytest tests/planning/engines/test_engines.py
TORCH ?= torch==2.13.0

.venv-planning/.installed: requirements-planning.in
	$(PYTHON) -m venv .venv-planning
	.venv-planning/bin/pip install --quiet --disable-pip-version-check $(TORCH)
	.venv-planning/bin/pip install --quiet --disable-pip-version-check pytest -r requirements-planning.in
	touch $@

.venv-datasets/.installed: requirements-datasets.lock | $(UV)
	$(UV) venv --quiet --allow-existing --python $(PYTHON) .venv-datasets
	$(UV) pip sync --quiet --python .venv-datasets/bin/python --require-hashes requirements-datasets.lock
	touch $@

# A real OpenID Connect provider for the tests of logging in with one; they are skipped where it is not installed.
oidc-provider: tests/federation/node_modules/.installed

tests/federation/node_modules/.installed: tests/federation/package-lock.json
	cd tests/federation && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error
	touch $@

# Changes what decides who sees what, one slip at a time, and demands that the tests notice. MUTANTS=40 takes so many.
mutation: venv
	.venv/bin/python tests/mutation/run.py $(if $(MUTANTS),--sample $(MUTANTS))

# After a change of the dependencies in pyproject.toml.
lock: $(UV)
	$(UV) pip compile --quiet --universal --generate-hashes --no-header --extra parquet --group dev --group others --python-version 3.11 -o requirements.lock pyproject.toml
# What is under the GPL has a lock of its own, so that no other target installs it.
	$(UV) pip compile --quiet --universal --generate-hashes --no-header --extra gpl --python-version 3.11 -o requirements-gpl.lock pyproject.toml
	$(UV) pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 -o requirements-gemd.lock requirements-gemd.in
	$(UV) pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 -o requirements-datasets.lock requirements-datasets.in

clean:
	rm -rf .venv .venv-gemd .venv-datasets .venv-planning .tools dist build tests/federation/node_modules
