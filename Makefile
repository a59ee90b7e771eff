# The book's habits. `make` alone lists them.
#
# PYTHON=python3.12   the interpreter that makes .venv (default: the first of 3.11-3.13 found)
# TORCH=cpu           take PyTorch's CPU build from its own index, not gigabytes of CUDA packages
# JOBS=2              notebooks and test files that run at the same time
# PORT=8000           where `make serve` listens
# CH=02               the chapter, for `make notebook` and `make validate` (there: default all)
# PART=1/3            one third of the notebooks, for `make validate`

VENV := .venv
PY := $(VENV)/bin/python
SITE := _build/html/index.html
PDF := _build/offline/deep-learning-verified.pdf
ZIP := _build/offline/deep-learning-verified-notebooks.zip
JOBS ?= 2
PORT ?= 8000
PIP := $(PY) -m pip install --disable-pip-version-check --no-compile --retries 1
ifeq ($(TORCH),cpu)
PIP += --extra-index-url https://download.pytorch.org/whl/cpu
endif

# One thread and quiet libraries, for the tests; notebooks get the same from dlbook.validation.
export OMP_NUM_THREADS := 1
export TF_CPP_MIN_LOG_LEVEL := 3
export TF_ENABLE_ONEDNN_OPTS := 0

# A part takes every so many-th notebook, not neighbours: long chapters stand together.
PART_OF = $(subst /, ,$(PART))
NOTEBOOKS = $(if $(PART),$(or $(shell ls chapters/*.ipynb | \
  awk 'NR % $(word 2,$(PART_OF)) == $(word 1,$(PART_OF)) - 1' 2>/dev/null),$(error expected PART=1/3 or the like, with a notebook in that part, got $(PART))),$(if $(CH),chapters/$(CH)-*.ipynb,chapters))

# Whatever can change a page; the site is built anew, all pages of it, when one of these is newer.
SOURCES := _config.yml _toc.yml index.md references.bib Makefile \
  $(shell find chapters code/dlbook _ext _static _templates vendor -type f -not -path '*/.*' -not -path '*/__pycache__/*' 2>/dev/null)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: help book serve pdf zip test test-browser page-figures lint unit validate notebook coverage mutate proof test-launch test-gpu \
  links repository bench lock licences sbom audit clean FORCE

help:  ## list these commands
	@sed -n 's/^\([a-z-]*\):.*  ## /\1\t/p' Makefile | while IFS="$$(printf '\t')" read -r name what; \
	  do printf '  make %-13s %s\n' "$$name" "$$what"; done

book: $(SITE)  ## build the site (installs what that needs) and say what to open
	@$(PY) _ext/repository.py --status
	@echo "Open $(CURDIR)/$(SITE)"

serve: book  ## build the site and serve it on http://localhost:8000 (PORT=…)
	@echo "Serving http://localhost:$(PORT), stop with Ctrl-C"
	@$(PY) -m http.server $(PORT) --bind 127.0.0.1 --directory _build/html

pdf: $(PDF)  ## print the whole book into one PDF and offer it on the front page (needs Chromium)
	@echo "$(CURDIR)/$(PDF)"

zip: $(ZIP)  ## pack the notebooks with the package behind them and offer that on the front page
	@echo "$(CURDIR)/$(ZIP)"

test: lint unit validate  ## lint, types, unit tests, and every number of every notebook

lint: $(VENV)/test.stamp  ## ruff and mypy
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy

unit: $(VENV)/test.stamp  ## the tests of the package, the notebooks' rules and the site
	$(PY) -m pytest -n $(JOBS) --dist loadfile tests --ignore tests/browser

validate: $(VENV)/test.stamp  ## re-run every notebook and compare it with its stored outputs
	$(PY) -m pytest -n $(JOBS) --dist loadfile --nbval $(NOTEBOOKS)

notebook: $(VENV)/test.stamp  ## re-run one chapter in place: make notebook CH=02
	@test -n "$(CH)" || { echo "make notebook: say which chapter, for example CH=02" >&2; exit 2; }
	@test -f "$$(echo chapters/$(CH)-*.ipynb)" || { echo "make notebook: no file chapters/$(CH)-*.ipynb" >&2; exit 2; }
	$(PY) -m dlbook.validation.run chapters/$(CH)-*.ipynb

test-browser: $(SITE) $(VENV)/test.stamp  ## every page in Chromium: accessibility, weight, console, narrow screens
	$(PY) -m pytest -n $(JOBS) --dist worksteal tests/browser

page-figures: $(SITE) $(VENV)/test.stamp  ## each page's requests, bytes and time to content on a slow phone
	$(PY) tools/page_figures.py _build/html

coverage: $(VENV)/test.stamp  ## branch coverage of the package by the unit tests: 95 % at least
	@rm -rf _build/coverage; mkdir -p _build/coverage
	$(PY) -m coverage run -m pytest -q tests --ignore tests/website --ignore tests/browser
	@$(PY) -m coverage combine -q
	$(PY) -m coverage report

mutate: $(VENV)/test.stamp  ## make small mistakes: tests must notice 85 % in code, 95 % in stored outputs
	$(PY) tools/mutate.py outputs --sample 8000
	$(PY) tools/mutate.py code --sample 200

proof: $(VENV)/test.stamp  ## validate twice: offline, read-only, odd path, other locale, threads, processor
	$(PY) tools/proof.py

bench: $(VENV)/test.stamp  ## time the engine against PyTorch and Keras, side by side
	$(PY) benchmarks/speed.py

test-launch: $(VENV)/test.stamp  ## install and run the book as Binder and Colab do (gigabytes)
	$(PY) -m pytest -n $(JOBS) --dist loadfile tests/launch

test-gpu: $(VENV)/test.stamp  ## compare PyTorch's models on a CUDA device with those on the processor
	$(PY) -m pytest tests/gpu

links: book  ## follow every link to another site
	$(PY) tools/links.py _build/html

repository:  ## write the repository's address: make repository URL=https://github.com/…
	@$(FIND_PYTHON); "$$python" _ext/repository.py "$(URL)"

lock: $(VENV)/test.stamp  ## pin every package anew (UPGRADE=1: to the newest, PACKAGE=…: this one alone)
	$(PY) tools/lock.py $(if $(UPGRADE),--upgrade) $(if $(PACKAGE),--upgrade-package=$(PACKAGE))

licences: $(VENV)/test.stamp  ## list every pinned package with its licence; each has to be allowed
	$(PY) tools/licences.py

sbom: $(VENV)/test.stamp  ## write what the book is made of to _build/sbom.cdx.json (CycloneDX)
	$(PY) tools/sbom.py

audit: $(VENV)/test.stamp  ## compare every pinned package with the published advisories
	$(PY) tools/audit.py

clean:  ## remove everything that these commands made
	rm -rf _build $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis code/*.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- how it is done -------------------------------------------------------------------------------

# The pages go up together or not at all: a build that fails leaves no site behind. `--all` reads
# every page again, since an incremental build hides the warnings of the pages which it skips.
$(SITE): $(SOURCES) $(VENV)/book.stamp _build/address
	@rm -rf _build/html
	@echo "Building the site ..."
	@$(VENV)/bin/jupyter-book build . --all -W -n --keep-going -q > _build/book.log 2>&1 || \
	  { cat _build/book.log >&2; rm -rf _build/html; exit 1; }

# Made from the site, which in turn offers them: so they follow the site's sources, not its stamp.
$(PDF): $(SOURCES) $(VENV)/pdf.stamp tools/pdf.py tools/browsing.py $(wildcard tools/paper/*) | $(SITE)
	@echo "Printing the book (a few minutes) ..."
	@$(PY) tools/pdf.py _build/html $@
	@$(PY) _ext/offline_copies.py

$(ZIP): $(SOURCES) $(VENV)/book.stamp CITATION.cff LICENSE $(wildcard tools/zip_*)
	@$(PY) tools/zip_notebooks.py $@
	@$(PY) _ext/offline_copies.py

# Where a build takes the repository's address from the environment, another address is a change.
_build/address: FORCE
	@mkdir -p _build
	@echo "$(GITHUB_SERVER_URL) $(GITHUB_REPOSITORY) $(BOOK_BRANCH) $(BOOK_URL)" > $@.new
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

# A stamp is written when everything is in place, so an interrupted installation is taken up again.
$(VENV)/book.stamp: pyproject.toml requirements.txt
	@$(call install,the packages that build the site (about a minute),-e ".[book]" -c requirements.txt)

$(VENV)/pdf.stamp: pyproject.toml requirements.txt
	@$(call install,the packages that print the site,-e ".[pdf]" -c requirements.txt)
	@touch $(VENV)/book.stamp

$(VENV)/test.stamp: pyproject.toml requirements.txt
	@$(call install,PyTorch TensorFlow and the tools for tests (some minutes),-e . -r requirements.txt)
	@touch $(VENV)/book.stamp $(VENV)/pdf.stamp

define FIND_PYTHON
for python in $(PYTHON) python3 python3.13 python3.12 python3.11 python; do \
  "$$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && break; \
  python=; \
done; \
test -n "$$python" || { echo "make: this book needs Python 3.11, 3.12 or 3.13, and none was found (say where one is: PYTHON=/path/to/python3)" >&2; exit 1; }
endef

# $(1) what is installed, in words; $(2) pip's arguments. A new environment that could not be
# completed is removed again.
define install
$(FIND_PYTHON); mkdir -p _build; \
new=; if ! $(PY) -m pip --version > /dev/null 2>&1; then \
  new=yes; rm -rf $(VENV); \
  "$$python" -m venv $(VENV) > _build/install.log 2>&1 || { rm -rf $(VENV); echo "make: $$python cannot make a virtual environment (on Debian and Ubuntu: apt install python3-venv); see _build/install.log" >&2; exit 1; }; \
fi; \
echo "Installing $(1) ..."; \
if $(PIP) $(2) > _build/install.log 2>&1; then touch $@; exit 0; fi; \
test -z "$$new" || rm -rf $(VENV); \
if grep -qiE 'NewConnectionError|ConnectTimeout|ReadTimeout|ProxyError|name resolution|SSLError|Connection (refused|reset|broken)' _build/install.log; \
then echo "make: the package index cannot be reached; connect to the network and run make again (details: _build/install.log)" >&2; \
else echo "make: $$(grep -m1 -E '^(ERROR|error)' _build/install.log || echo 'the installation failed') (details: _build/install.log)" >&2; fi; \
exit 1
endef
