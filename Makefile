# Everything a person does. `make demo` and `make test` need nothing else first.
.PHONY: setup demo test lint unit emulator optional bench load soak screenshots format lock sbom audit deploy clean
.DELETE_ON_ERROR:
SHELL := /bin/bash

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv/bin

setup: .venv/.ready node_modules/.ready  ## install everything that is missing
	@ln -sfn ../.venv functions/venv
	@$(VENV)/python -m indexer_job.demo.toolchain

.venv/.ready: requirements.txt indexer_job/encoder.requirements.txt functions/pyproject.toml
	@command -v "$(PYTHON)" >/dev/null || { echo "error: Python 3.11 is needed: apt install python3.11 python3.11-venv" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || { echo "error: Python 3.11 is needed, and $(PYTHON) is another; name one with make PYTHON=..." >&2; exit 1; }
	@"$(PYTHON)" -m venv .venv || { echo "error: this Python cannot make a venv: apt install python3.11-venv" >&2; exit 1; }
	@echo "· Python packages"
	@$(VENV)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@$(VENV)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r indexer_job/encoder.requirements.txt
	@$(VENV)/pip install --quiet --disable-pip-version-check --no-deps --editable functions
	@touch $@

# No package's own script is run: none is needed, and re2's would compile for minutes.
node_modules/.ready: package-lock.json package.json hosting/package.json tests/package.json
	@command -v npm >/dev/null || { echo "error: Node 20 or newer is needed: https://nodejs.org" >&2; exit 1; }
	@node -e 'process.exit(process.versions.node.split(".")[0] < 20 ? 1 : 0)' || { echo "error: Node 20 or newer is needed, and this is $$(node --version)" >&2; exit 1; }
	@echo "· npm packages"
	@npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

demo: setup  ## run the product in the emulator suite
	@exec $(VENV)/python -m indexer_job.demo

test:  ## all tests; what needs no emulator, installing too, on two cores at once
	$(MAKE) --no-print-directory -j2 --output-sync=line demo-release unit-functions lint unit-hosting
	$(MAKE) --no-print-directory emulator

lint: setup  ## types, style, formatting
	$(VENV)/ruff check functions indexer_job tests
	$(VENV)/ruff format --check functions indexer_job tests
	$(VENV)/mypy
	npm run lint --workspace hosting

unit: unit-functions unit-hosting  ## no emulators

.PHONY: demo-release unit-functions unit-hosting
# It is what the emulators wait for, and can be built while npm still installs.
demo-release: .venv/.ready
	OPENBLAS_NUM_THREADS=1 $(VENV)/python -m indexer_job.demo.prepare

unit-functions: setup
	$(VENV)/pytest tests/unit

unit-hosting: setup
	npm test --workspace hosting

emulator: setup  ## functions, rules and browser against the real emulators
	$(VENV)/python -m indexer_job.demo -- $(MAKE) --no-print-directory against-emulators

.PHONY: against-emulators against-functions against-simulation
against-emulators:
	$(MAKE) --no-print-directory -j2 --output-sync=target against-simulation against-functions
	npm run e2e --workspace tests

against-functions:
	$(VENV)/pytest tests/emulator
	npm run rules --workspace tests

# By itself: it takes one core for minutes and asks no emulator.
against-simulation:
	$(VENV)/pytest tests/simulation

optional: setup .optional/finetune .optional/pipeline .optional/milvus  ## the tests that need PyTorch, Beam or Milvus, which `make test` leaves out
	.optional/finetune/bin/python -m pytest tests/unit/test_finetune.py
	.optional/pipeline/bin/python -m pytest tests/unit/test_pipeline.py
	.optional/milvus/bin/python -m pytest tests/unit/test_milvus_index.py
	.optional/milvus/bin/python -m pytest --index milvus tests/unit/test_recommend.py tests/unit/test_reranking.py tests/unit/test_delta.py

.optional/finetune: indexer_job/finetune.requirements.txt requirements.txt | setup
.optional/milvus: functions/milvus.requirements.txt requirements.txt | setup
# Beam allows older packages than ours only: its file holds all that the job needs, but no tests' tools.
.optional/pipeline: indexer_job/pipeline.requirements.txt | setup
.optional/%:
	@rm -rf $@ && "$(PYTHON)" -m venv $@.new
	@echo "· $*"
	@$@.new/bin/pip install --quiet --disable-pip-version-check --require-hashes $(^:%=-r %)
	@$@.new/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r indexer_job/encoder.requirements.txt
	@$@.new/bin/pip install --quiet --disable-pip-version-check pytest hypothesis pillow
	@$@.new/bin/pip install --quiet --disable-pip-version-check --no-deps --editable functions
	@mv $@.new $@

bench: .bench/venv/.ready  ## measure beside the peers, write docs/performance.md (PRODUCTS=100000, LARGE=1000000)
	PYTHONPATH=.:functions .bench/venv/bin/python -m tests.bench --products $(or $(PRODUCTS),100000) \
		$(if $(LARGE),--large $(LARGE)) $(SUBJECTS)

.bench/venv/.ready: requirements.txt tests/bench/requirements.txt | setup
	@"$(PYTHON)" -m venv .bench/venv
	@echo "· the peers that we are measured beside"
	@.bench/venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@.bench/venv/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r indexer_job/encoder.requirements.txt
	@.bench/venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r tests/bench/requirements.txt
	@touch $@

load: setup  ## functions under load while releases are swapped (CALLS=10000)
	PYTHONPATH=. $(VENV)/python -m indexer_job.demo -- \
		$(VENV)/python tests/bench/load.py --calls $(or $(CALLS),10000)

soak: setup  ## half an hour of mixed traffic while releases are swapped, write docs/soak-1000000.md (PRODUCTS=1000000, MINUTES=30)
	PYTHONPATH=.:functions $(VENV)/python -m tests.bench.soak \
		--products $(or $(PRODUCTS),1000000) --minutes $(or $(MINUTES),30) --rate $(or $(RATE),3)

screenshots: setup  ## of the README, and of all screens into test-results/screens
	$(VENV)/python -m indexer_job.demo -- npm run screens --workspace tests
	$(VENV)/python tests/e2e/screens/compare.py

format: setup  ## format everything
	$(VENV)/ruff check --fix functions indexer_job tests
	$(VENV)/ruff format functions indexer_job tests
	npm run format --workspace hosting

LOCK := $(VENV)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header
lock: setup  ## pin all that the .in files name and what that brings along, with hashes
	$(VENV)/pip install --quiet --disable-pip-version-check uv
	$(LOCK) requirements.in -o requirements.txt
	$(LOCK) functions/requirements.in -c requirements.txt -o functions/requirements.txt
	$(LOCK) indexer_job/requirements.in -c requirements.txt -o indexer_job/requirements.txt
	$(LOCK) indexer_job/finetune.requirements.in -c requirements.txt -o indexer_job/finetune.requirements.txt
	$(LOCK) indexer_job/pipeline.requirements.in -o indexer_job/pipeline.requirements.txt
	$(LOCK) functions/milvus.requirements.in -c requirements.txt -o functions/milvus.requirements.txt
	$(LOCK) tests/bench/requirements.in -c <(sed '/^huggingface-hub==/,/[^\\]$$/d' requirements.txt) \
		-o tests/bench/requirements.txt

sbom: setup  ## what the functions, the batch job and the web app bring along, as CycloneDX: sbom/*.json
	$(VENV)/pip install --quiet --disable-pip-version-check uv
	@for part in functions indexer_job; do \
		$(VENV)/uv venv --quiet --clear --python 3.11 sbom/env && \
		$(VENV)/uv pip install --quiet --python sbom/env --require-hashes -r $$part/requirements.txt && \
		$(VENV)/uv tool run --quiet --from cyclonedx-bom==7.5.0 cyclonedx-py environment sbom/env \
			--output-reproducible --output-format JSON --output-file sbom/$$part.json || exit 1; done
	@rm -rf sbom/env
	npm sbom --sbom-format cyclonedx --workspace hosting > sbom/hosting.json

audit: setup  ## known holes in what is pinned (asks the registries' databases)
	$(VENV)/pip install --quiet --disable-pip-version-check uv
	for lock in functions indexer_job; do $(VENV)/uv tool run --quiet pip-audit --disable-pip --require-hashes \
		-r $$lock/requirements.txt || exit 1; done
	npm audit --omit dev

deploy: setup  ## what `firebase deploy` needs, then it (PROJECT=your-project; REGION= and BUCKET= for accounts)
	@test -n "$(PROJECT)" || { echo "error: name your project: make deploy PROJECT=my-shop" >&2; exit 1; }
	npm run build --workspace hosting
	node_modules/.bin/firebase deploy --project "$(PROJECT)"
	$(if $(and $(REGION),$(BUCKET)),PROJECT=$(PROJECT) REGION=$(REGION) BUCKET=$(BUCKET) bash docs/monitoring/accounts.sh)

clean:  ## remove what was generated
	rm -rf .demo hosting/dist hosting/public/demo
