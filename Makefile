# All that is done here is to call antq/run, which is plain Python: python3 -m antq.run VERB.
PYTHON ?= python3
HOST = 127.0.0.1
PORT ?= 8000
ARGS =

.DEFAULT_GOAL := help
.PHONY: help run test manage bundle

help: ## this list
	@awk -F ': ## ' '/^[a-z]+: ## / { printf "  make %-8s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: ## start the site, with everything it needs (PORT=8123, HOST=0.0.0.0)
	@$(PYTHON) -m antq.run run --host '$(HOST)' --port '$(PORT)'

bundle: ## pack everything for a machine without a network, into var/
	@$(PYTHON) -m antq.run bundle

test: export ANTQ_ARGS = $(ARGS)
test: ## run the tests on a PostgreSQL of their own (ARGS='tests/units -k links')
	@$(PYTHON) -m antq.run test

manage: export ANTQ_ARGS = $(ARGS)
manage: ## run manage.py on the site's database (ARGS=createsuperuser, ARGS=backup)
	@$(PYTHON) -m antq.run manage
