# FlowPilot: everything a fresh machine needs is installed by the targets themselves, and said why.
# `make run` and `make test` are all that a newcomer has to know.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

CACHE ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/flowpilot
TOOLS := $(CACHE)/tools
export PATH := $(TOOLS)/bin:$(TOOLS)/npm/node_modules/.bin:$(HOME)/.cargo/bin:$(PATH)
export CARGO_TARGET_DIR ?= $(CURDIR)/target

CARGO_LEPTOS := 0.3.10
WASM_BINDGEN := 0.2.127
SUDO := $(if $(filter 0,$(shell id -u)),,sudo)

.PHONY: help run build test check unit e2e bench fmt soak screenshots setup-rust setup-postgres setup-node setup-browser prepare clean-data

help: ## What there is
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

run: setup-postgres build ## Build FlowPilot and serve it with the demo account
	@FLOWPILOT_DEMO=1 $(CARGO_TARGET_DIR)/release/flowpilot serve

build: setup-rust ## Build the server and the site, optimised
	@.make/build-release

test: setup-rust setup-postgres setup-browser ## Formatter, lints, unit, integration and browser tests
	@.make/check
	@.make/unit
	@.make/e2e

check: setup-rust ## Formatter and lints only
	@.make/check

unit: setup-rust setup-postgres ## Unit and integration tests only
	@.make/unit

e2e: setup-rust setup-postgres setup-browser ## Browser tests only
	@.make/e2e

bench: setup-rust setup-postgres setup-browser build ## Measure everything the issues name numbers for
	@.make/bench

soak: setup-postgres setup-node build ## Kill the server and its Postgres again and again, look that nothing is lost
	@.make/soak

screenshots: setup-postgres setup-browser build ## Pictures of every screen, in both themes and three widths
	@.make/screenshots

fmt: ## Format the code
	@cargo fmt

prepare: setup-rust setup-postgres ## Refresh .sqlx after a query changed
	@.make/prepare

setup-rust:
	@.make/setup-rust $(TOOLS) $(CARGO_LEPTOS) $(WASM_BINDGEN)

setup-postgres:
	@.make/setup-debian "Postgres, which FlowPilot keeps its data in" postgresql postgres pg_config /usr/lib/postgresql/*/bin/postgres

setup-node:
	@.make/setup-debian "Node, which runs the browser tests and measurements" npm npm

setup-browser: setup-node
	@.make/setup-debian "Chromium, which the browser tests drive" chromium chromium
	@.make/setup-npm
