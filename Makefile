PYTHON ?= python3
PORT ?= 8888

.PHONY: help setup lab test run check bench mutants fuzz kill

help:  ## list these commands
	@sed -n 's/^\([a-z]*\):.*## /make \1  — /p' $(MAKEFILE_LIST)

setup:
	@$(PYTHON) tools/setup_environment.py

lab: setup  ## open the chapters in JupyterLab (PORT=8888)
	@.venv/bin/python -m jupyterlab --port=$(PORT) $(if $(filter 0,$(shell id -u)),--allow-root) --ContentsManager.pre_save_hook=tools.notebooks.keep_language --LabApp.default_url=/lab/tree/chapters/00_start_here.ipynb

test: setup  ## run all tests, and every notebook with its outputs compared
	@.venv/bin/python -m pytest

run: setup  ## execute every notebook and store its outputs
	@.venv/bin/python -m tools.run_notebooks

check: setup  ## style, spelling, voice, notebooks and their links in order
	@.venv/bin/python -m ruff check && .venv/bin/python -m codespell_lib && .venv/bin/python -m tools.voice && .venv/bin/python -m tools.check_notebooks && .venv/bin/python -m tools.write_navigation --check

bench: setup  ## speed and memory beside the frameworks (BENCH=--quick)
	@.venv/bin/python -m benchmarks $(BENCH)

fuzz: setup  ## read damaged files by the thousand (FUZZ="--cases 1000")
	@.venv/bin/python -m tools.fuzz $(FUZZ)

kill: setup  ## kill processes that save, train and download (KILL="--tries 20")
	@.venv/bin/python -m tools.kill $(KILL)

mutants: setup  ## small changes that tests of the package, or outputs (CHAPTERS=1), should notice
	@.venv/bin/python -m tools.mutants$(if $(CHAPTERS),_chapters) $(MUTANTS)
