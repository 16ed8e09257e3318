# kg: `make serve` publishes the example collection, `make test` passes the tests. `make help` lists the rest.
# A Python that somebody compiled without optimisation, as version managers do unless told otherwise, answers a tenth
# less: where `python3` is one, the system's own is taken, if it will do.
OPTIMISED := import sys, sysconfig; f = str(sysconfig.get_config_var("CONFIG_ARGS")); \
  sys.exit("--enable-optimizations" not in f and not sys.base_prefix == "/usr")
OLD    := import sys; sys.exit(sys.version_info < (3, 11, 2))
FIT    := import ensurepip, venv; $(OLD)
PYTHON ?= $(shell python3 -c '$(OPTIMISED)' 2>/dev/null || ! /usr/bin/python3 -c '$(FIT)' 2>/dev/null && echo python3 || echo /usr/bin/python3)
PORT   ?= 8000
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check -q
# One lock file, two parts: what kg runs on, and after this line what its tests and linters need besides.
SPLIT  := ---- for tests and development ----
# Two or more processes share the test files, each file whole in one: what a file's tests share is made once.
PARALLEL := -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

# Tests start kg some hundreds of times; where nothing compiled may be kept, each start compiles five hundred modules.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help install install-test serve serve-specimen test test-browser coverage test-slow test-engines test-hostile fuzz soak lint format docs messages lock quality bench clean vendor pictures

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

install: $(VENV)/.installed ## make .venv with the command kg

$(VENV)/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c '$(OLD)' || \
	  { echo "kg needs Python 3.11.2 or newer; this is $$($(PYTHON) --version). Set PYTHON=python3.12, say."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || \
	  { rm -rf $(VENV); echo "python3 -m venv failed: on Debian and Ubuntu 'apt-get install python3-venv' brings it."; exit 1; }
	@echo "Installing what kg runs on ..."
	@sed '/$(SPLIT)/,$$d' requirements.lock > $(VENV)/run.lock
	@$(PIP) install --require-hashes -r $(VENV)/run.lock
	@$(PIP) install --no-deps -e .
	@touch $@

install-test: $(VENV)/.installed-test ## the same with what tests and linters need

$(VENV)/.installed-test: $(VENV)/.installed
	@echo "Installing what the tests need ..."
	@$(PIP) install --use-pep517 --require-hashes -r requirements.lock
	@touch $@

serve: install ## build the example collection and serve it at http://127.0.0.1:8000; PORT=8001 takes another port
	@$(BIN)/kg build
	@$(BIN)/kg serve --port $(PORT)

serve-specimen: install ## the same of the invented specimen collection, at http://127.0.0.1:8001
	@$(BIN)/kg --config data/specimen/kg.toml build
	@$(BIN)/kg --config data/specimen/kg.toml serve --port 8001

test: install-test lint ## lint and every test but the slow ones and those of `test-browser`
	@sh tests/needs.sh
	@$(BIN)/python -m pytest -q $(PARALLEL)

test-browser: install-test ## pages, workbench and journeys in Chromium; axe, the Nu checker, reference managers
	@sh tests/needs.sh
	@$(BIN)/python -m pytest -q -m "(browser or smoke) and not slow" tests/browser tests/validators

coverage: install-test ## which lines of kg no test of `make test` runs
	@rm -rf var/coverage && mkdir -p var/coverage
	@$(BIN)/python -m coverage run -m pytest -q; $(BIN)/python -m coverage combine -q && $(BIN)/python -m coverage report

test-slow: install-test ## property tests with many more examples, a hundred killed builds
	@$(BIN)/python -m pytest -q -m "slow or hypothesis" --hypothesis-profile=long

test-hostile: install-test ## hostile clients beside a polite one, at full length (on a quiet machine)
	@$(BIN)/python -m pytest -q -s -m hostile tests/hostile

fuzz: install-test ## readers of tables over mutated files for five minutes; FUZZ_SECONDS=60 makes it shorter
	@PYTHONPATH=.:tests:tests/hostile $(BIN)/python tests/hostile/fuzz_tables.py

soak: install-test ## half an hour of builds under attack: what grows; SOAK_SECONDS=600 makes it shorter
	@PYTHONPATH=.:tests $(BIN)/python tests/hostile/soak.py

test-engines: install-test ## what asks a store, against Jena Fuseki too (where Maven and Java are)
	@sh tests/engines.sh
	@ENGINES=fuseki $(BIN)/python -m pytest -q tests/store/remote/test_engines.py tests/store/generation/test_page_queries.py tests/web

lint: install-test ## ruff, mypy, the layers
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

format: install-test ## let ruff write what it can
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

docs: install-test ## write the pages that are made from the code
	@$(BIN)/python -m kg.records.model.schema
	@$(BIN)/python tools/shapes.py
	@$(BIN)/python tools/reference.py
	@$(BIN)/python tools/sources.py
	@$(BIN)/python tools/conformance.py

vendor: install ## fetch what the workbench is made of (needs npm) and put it into the package
	@cd tools/vendor && npm ci --no-audit --no-fund --ignore-scripts
	@$(BIN)/python tools/vendor.py

pictures: install-test ## draw the pictures of the examples, from a server at http://127.0.0.1:8000
	@$(BIN)/python tools/pictures.py

messages: install-test ## bring the catalogues of translations up to what pages say
	@$(BIN)/python tools/messages.py

lock: install ## resolve the newest versions that pyproject.toml allows and write requirements.lock
	@$(PIP) install uv
	@$(BIN)/python tools/lock.py

quality: install-test ## compare what kg reads of the EAD and EAC-CPF in FOLDER with XPath over the same files
	@$(BIN)/python tools/quality.py $(FOLDER) $(OPTIONS)

bench: install-test ## measure builds and servers beside their peers; AGAINST=COMMIT takes turns with that commit
	@$(BIN)/python -m benchmarks$(if $(AGAINST),.against $(AGAINST)) $(OPTIONS)

clean: ## remove what was built (not .venv)
	@rm -rf var dist build
