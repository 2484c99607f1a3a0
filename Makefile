# Everything a person does with this project. `make` alone lists it. Written for GNU make 3.81 (macOS) and newer.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
export PYTHONUNBUFFERED := 1

VENV := .venv
PY   := $(VENV)/bin/python
PIP  := $(PY) -m pip --disable-pip-version-check --no-input
CODE := config web rides accounts realtime routing demo
ROOMS := $(wildcard $(CODE))
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard web/locale/*/LC_MESSAGES/*.po))
# mypy and the like read the settings; a database they would only start for nothing.
NO_DATABASE := DJANGO_DEBUG=1 DATABASE_URL=postgresql://unused@127.0.0.1/unused

.PHONY: help setup setup-dev demo test test-long test-all torture bench lock messages format clean

help:  ## list what can be done
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo '  make demo REGION=helsinki | REGION="Nantes, France" | REGION=path/to/file.osm.pbf'

# --- set-up: each stamp is as new as the file that it was made from -------------------------------------------------

setup: $(VENV)/.base node_modules/.base $(CATALOGUES)  ## get all that the site needs

setup-dev: $(VENV)/.dev node_modules/.dev $(CATALOGUES)

$(PY):
	@scripts/make-venv $(VENV)

# --no-compile: most files are never imported, and compiling all takes half the time. One small package of pure
# Python comes as source only.
INSTALL := $(PIP) install --quiet --no-compile --require-hashes --only-binary :all: --no-binary http-ece
$(VENV)/.base: requirements/base.txt | $(PY)
	@echo "Installing Python packages …"
	@$(INSTALL) -r requirements/base.txt
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.base
	@echo "Installing what tests and checks need …"
	@$(INSTALL) -r requirements/dev.txt
	@touch $@

node_modules/.base: package-lock.json
	@scripts/need-node
	@npm ci --omit=dev --no-progress --loglevel=error
	@touch $@

node_modules/.dev: package-lock.json
	@scripts/need-node
	@npm ci --no-progress --loglevel=error
	@touch node_modules/.base $@

%.mo: %.po | $(VENV)/.base
	@$(PY) -m babel.messages.frontend compile --input-file $< --output-file $@ 2>/dev/null

# --- use ------------------------------------------------------------------------------------------------------------

demo: setup  ## serve the site with a simulated neighbourhood
	@$(PY) -m demo

test: setup-dev  ## run the tests of people, races, sockets and pages (10 minutes at most)
	@scripts/need-test-tools
	$(PY) -m pytest -n 2 --dist loadfile $(ARGS)
	@if ls tests/js/*.test.mjs >/dev/null 2>&1; then echo "node --test tests/js"; node --test tests/js/*.test.mjs; fi

test-long: setup-dev  # what `make test-all` adds to `make test`
	@scripts/need-test-tools
	$(PY) -m pytest -m long $(ARGS)

test-all: test test-long  ## run those and the long ones (an hour at most)

torture: setup-dev  ## kill processes and database while people book (an hour; SECONDS, SEED, WEB: see docs/torture.md)
	@$(PY) -m tests.torture $(if $(SECONDS),--seconds $(SECONDS)) $(if $(SEED),--seed $(SEED)) $(if $(WEB),--web $(WEB)) $(OPTIONS)

bench: setup-dev  ## measure, print JSON, and write var/bench/performance.md with plots (an hour at most)
	@for name in $(patsubst bench/%.py,%,$(wildcard bench/[a-z]*.py)); do echo "bench.$$name" >&2; $(PY) -m bench.$$name || exit 1; done
	@$(PY) -m bench.page

lock:  ## lock what requirements/*.in and package.json ask for (needs uv; UPGRADE=--upgrade for the newest)
	@command -v uv >/dev/null || { echo "make lock needs uv: pip install uv"; exit 1; }
	uv pip compile $(LOCK) $(UPGRADE) -o requirements/base.txt requirements/base.in
	uv pip compile $(LOCK) $(UPGRADE) -c requirements/base.txt -o requirements/dev.txt requirements/dev.in
	npm install --package-lock-only
LOCK := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header

clean:  ## stop the private database; remove what set-up and demo made, the demo's data too
	-@if test -x $(PY) && test -d var/postgres; then $(PY) -m config.embedded_database stop; fi
	rm -rf $(VENV) node_modules var .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	rm -f $(CATALOGUES)

# --- checks: `make -k check` goes on after the first that fails -----------------------------------------------------

CHECKS := check-style check-types check-imports check-templates check-js check-catalogues check-django check-tree
.PHONY: check $(CHECKS)
check: $(CHECKS)  ## look for mistakes without running the site

check-style: setup-dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

check-types: setup-dev
	$(NO_DATABASE) $(PY) -m mypy $(ROOMS)

check-imports: setup-dev
	$(NO_DATABASE) $(VENV)/bin/lint-imports

check-templates: setup-dev
	$(VENV)/bin/djlint --lint --quiet $(wildcard web/templates demo/templates)

check-js: setup-dev
	node_modules/.bin/biome ci --colors=off --error-on-warnings $(wildcard web/static/js web/static/css tests/js)

check-catalogues: setup-dev
	$(PY) -m config.catalogues check

check-django: setup-dev
	$(PY) manage.py check --settings tests.settings --fail-level WARNING
	DETOUR_VAR=var/check $(PY) manage.py makemigrations --settings tests.settings --check --dry-run
	$(PRODUCTION) $(PY) manage.py check --deploy --fail-level WARNING
PRODUCTION := DATABASE_URL=postgresql://unused@127.0.0.1/unused SITE_URL=https://unused.example BEHIND_PROXY=1 \
	SECRET_KEY=0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ

check-tree:  # lock files name no server, and no file names one person's machine
	@! grep -nE '"resolved"|--(extra-)?index-url|--find-links| @ https?:' package-lock.json requirements/*.txt
	@! git grep -nIE '(^|[^[:alnum:]_.])/(root|wor[k]|Users)/' -- .

messages: setup  ## bring the catalogues of languages in step with what code and templates say
	@$(PY) -m config.catalogues update

format: setup-dev  ## bring Python and JavaScript into shape
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .
	node_modules/.bin/biome check --write $(wildcard web/static/js web/static/css tests/js)
