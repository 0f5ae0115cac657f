# Needs Python 3.11 or newer with pip, and make. Everything else each target sets up by itself.
PYTHON       ?= python3
UV           ?= uv
# Two processes; the browser tests stay together in one of them, so that they share one server.
PYTEST_ARGS  ?= -n 2 --dist loadgroup
FUZZ_SECONDS ?= 300
PY           := .venv/bin/python

# The audit: how many random households, and which (another seed, other households).
HOUSEHOLDS   ?= 20000
SEED         ?= 1

# The fast tests that run every line and branch of the law.
LAW_TESTS    := tests/test_law.py tests/test_law_corners.py tests/test_whole_law.py

.PHONY: help venv app test audit check coverage dependencies scenarios regions schemas constraints properties fuzz mutants clean

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*  ## /\1\t/p' Makefile | expand -t 14

venv: .venv/.dev  ## virtual environment with everything in it

app: .venv/.app  ## open the dashboard
	$(PY) -m simulator app

test: check  ## all static checks and all tests, those in a real browser too
	tools/browser.sh
	$(PY) -m pytest $(PYTEST_ARGS)

audit: .venv/.dev  ## random households through the product and an independent auditor
	$(PY) -m tests.auditor $(HOUSEHOLDS) --seed $(SEED) --workers $(shell nproc 2>/dev/null || echo 2)

check: .venv/.dev  ## what needs no whole run of the tests: style, types, dead code, and that the tests of the law reach all of it
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(PY) -m vulture
	$(PY) -m coverage run --source=simulator/law -m pytest -q -n 0 $(LAW_TESTS)
	$(PY) -m coverage report --fail-under=100 --show-missing --skip-covered

coverage: .venv/.dev  ## how much of the program the tests reach, by line and branch (some minutes)
	$(PY) -m coverage run -m pytest -q -n 0 -m 'not browser'
	$(PY) -m coverage report --skip-covered --sort=cover

dependencies: .venv/.dev  ## whether a pinned dependency has a known weakness (needs the network)
	$(PYTHON) -m pip --python $(PY) install -q -c constraints.txt pip-audit
	$(PY) tools/dependencies.py

scenarios: .venv/.app  ## recompute every scenario and check what it expects
	$(PY) -m simulator check scenarios

regions: .venv/.app  ## make the generated city files and the pages of docs/regions anew
	$(PY) tools/load_contributions.py --write
	$(PY) tools/region_pages.py

schemas: .venv/.app  ## make the JSON Schemas of simulator/schemas anew
	$(PY) tools/schemas.py

constraints:  ## pin the newest versions of all dependencies anew (needs uv)
	$(UV) pip compile pyproject.toml --all-extras --universal --python-version 3.11 \
		--upgrade --no-header --no-annotate -q -o constraints.tmp
	(echo '# The versions that the tests run with. Made by `make constraints`; used as `pip install -c constraints.txt`.'; \
		cat constraints.tmp) > constraints.txt
	rm constraints.tmp

properties: .venv/.dev  ## the properties of households again, on many more and others each time
	$(PY) -m pytest -n 0 --hypothesis-profile=long tests/test_properties.py

fuzz: .venv/.dev  ## spoilt files against every way in, for FUZZ_SECONDS; what is found stays in .fuzz/found
	cd tests && ../$(PY) -m fuzz --seconds $(FUZZ_SECONDS)

mutants: .venv/.dev  ## mistakes put into the law: do the tests notice? (ONLY=file, SINCE=commit, JOBS=2)
	$(PY) tools/mutants.py --jobs $(or $(JOBS),1) $(if $(SINCE),--since $(SINCE)) $(ONLY)

clean:  ## remove all that make and the tools made
	rm -rf .venv build dist *.egg-info .coverage .pytest_cache .mypy_cache .ruff_cache .hypothesis .fuzz
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The dashboard does not wait for the test tools, hence two stamps; the larger set brings the smaller along.
# pip comes from outside: Debian's Python without python3-venv cannot put one into a new environment.
.venv/.app: EXTRAS = app,files,population
.venv/.dev: EXTRAS = dev
.venv/.app .venv/.dev: pyproject.toml constraints.txt
	test -x $(PY) || $(PYTHON) -m venv --without-pip .venv
	$(PYTHON) -m pip --python $(PY) install -q -c constraints.txt pip -e '.[$(EXTRAS)]'
	touch .venv/.app $@
