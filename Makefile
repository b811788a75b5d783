# Mọi lệnh của dự án; gõ `make` để xem danh sách. Trên Windows dùng make.cmd.

PYTHON ?= python3
YEAR   ?= 2022
PERIOD ?= annual
OUT    ?= outputs
UV     ?= uv

RECEIVED := data/raw/$(YEAR)/$(PERIOD)
KINDS    := xlsx xlsm xls ods docx csv XLSX XLSM XLS ODS DOCX CSV
OFFICE   := receipts.csv corrections.csv decisions.csv letters.csv qa.csv inspections.csv inspections.xlsx
REPORTS  := $(filter-out $(OFFICE:%=$(RECEIVED)/%),$(wildcard $(KINDS:%=$(RECEIVED)/*.%)))
DATA     ?= $(if $(REPORTS),data/raw,data/sample)

# Python reads and writes UTF-8 whatever the machine's locale, and compiles each module once
export PYTHONUTF8 := 1
unexport PYTHONDONTWRITEBYTECODE

# processes beside each other; one with nothing left takes tests from another
TESTS := -n auto --maxprocesses 4 --dist worksteal

BIN   := .venv/bin
BABEL := $(BIN)/python -m babel.messages.frontend
READY := .venv/ready

.PHONY: help review test test-all check types cover lab sample notebooks catalogue wheel lock clean

help:
	@echo "Các lệnh:"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

review: $(READY) ## lập báo cáo các huyện và của tỉnh (đặt được YEAR=2022 PERIOD=annual|h1 DATA=… OUT=…)
	@case "$(DATA)" in \
	data/sample) echo "Số liệu: data/sample (SỐ LIỆU MINH HỌA). Báo cáo thật đặt vào $(RECEIVED)/." ;; \
	*) echo "Số liệu: $(DATA), năm $(YEAR), kỳ $(PERIOD)." ;; esac
	@$(BIN)/ntm-eval review --year "$(YEAR)" --period "$(PERIOD)" --data "$(DATA)" --out "$(OUT)"

test: $(READY) ## kiểm tra mã nguồn và chạy các kiểm thử hằng ngày
	@echo "Kiểm tra cách viết mã (ruff), kiểu (mypy), mã thừa (vulture), rồi chạy các kiểm thử (pytest)…"
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . || { \
	  echo "Mã chưa đúng quy tắc: xem các dòng ở trên. Sửa tự động: $(BIN)/ruff check --fix . rồi $(BIN)/ruff format ."; exit 1; }
	@$(BIN)/mypy
	@$(BIN)/vulture
	@$(BIN)/python -m pytest $(TESTS) || { echo "Có kiểm thử không qua: xem các dòng FAILED ở trên."; exit 1; }
	@echo "Mọi kiểm thử đã qua. Phần bị bỏ qua (nếu có) và lý do: các dòng SKIPPED ở trên."

test-all: TESTS := $(TESTS) -m "" --hypothesis-profile nightly
test-all: test ## như make test, thêm những kiểm thử lâu chạy mỗi đêm

check: test ## như make test: đúng những gì CI chạy

types: $(READY) ## kiểm tra kiểu trong mã (mypy)
	@$(BIN)/mypy

cover: $(READY) ## chạy kiểm thử và cho biết dòng mã nào chưa được kiểm thử (FOLDER=tests/intake)
	@$(BIN)/python -m pytest $(or $(FOLDER),tests) --cov --cov-report=term-missing:skip-covered

lab: $(READY) ## mở các sổ tay trong JupyterLab tiếng Việt
	@$(BIN)/ntm-eval lab

sample: $(READY) ## tạo lại số liệu minh họa (data/sample, data/sample-communes)
	@$(BIN)/python -m tools.sample

notebooks: $(READY) ## chạy lại các sổ tay trên số liệu minh họa và lưu kết quả trong đó
	@$(BIN)/python -m tools.rerun

# Babel takes '100% của' for a format of C and says so of some texts; the catalogue is made all the same.
catalogue: $(READY) ## cập nhật danh mục bản dịch tiếng Anh theo mã nguồn, sổ tay, mẫu trang
	@$(BABEL) -q extract -F babel.cfg -k N_ --sort-by-file --add-location file \
	  --project ntm_eval -o .venv/ntm_eval.pot .
	@$(BABEL) -q update -D ntm_eval -d ntm_eval/locale -l en -i .venv/ntm_eval.pot -w 100 \
	  --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	@$(BABEL) compile -D ntm_eval -d ntm_eval/locale --statistics 2>&1 | grep translated

wheel: $(READY) ## đóng gói phần mềm và phiên bản thư viện đã kiểm thử vào dist/, để gửi văn phòng khác
	@$(BIN)/python -m tools.wheel

# Needs uv (https://docs.astral.sh/uv/) and the network; only whoever changes pyproject.toml runs
# it. The pins hold for 3.11 and later on every platform, with hashes and without addresses.
lock: ## chốt lại phiên bản thư viện vào requirements.lock (cần uv và mạng)
	@$(UV) pip compile pyproject.toml --all-extras --universal --python-version 3.11 \
	  --generate-hashes --no-annotate --no-header --no-emit-index-url --quiet -o requirements.lock

clean: ## xóa môi trường .venv và tệp tạm; giữ số liệu và báo cáo
	@rm -rf .venv .coverage* .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@echo "Đã xóa .venv và tệp tạm. Thư mục data/ và $(OUT)/ còn nguyên."

# Written last, so that an interrupted set-up starts again. --clear: what is installed is what the
# lock says, with nothing left from an earlier lock or another Python. --no-deps: the lock is whole,
# and pip would not take its `coverage` for the `coverage[toml]` that pytest-cov names.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Cần Python 3.11 trở lên, nhưng '$(PYTHON)' không có hoặc cũ hơn."; \
	  echo "Cài Python 3.11 trở lên, hoặc chỉ ra bản đã cài, ví dụ: make $(MAKECMDGOALS) PYTHON=python3.12"; \
	  exit 1; }
	@echo "Dựng môi trường .venv (chỉ một lần, cần mạng, vài phút):"
	@echo "  1/3 tạo .venv bằng $$($(PYTHON) --version)"
	@$(PYTHON) -m venv --clear .venv || { \
	  echo "Không tạo được .venv. Trên Debian, Ubuntu: cài gói python3-venv rồi chạy lại."; exit 1; }
	@echo "  2/3 cài thư viện đúng phiên bản và mã băm trong requirements.lock"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --require-hashes \
	  -r requirements.lock || { \
	  echo "Chưa cài được thư viện. Kiểm tra mạng (qua proxy: đặt biến HTTPS_PROXY) rồi chạy lại."; exit 1; }
	@echo "  3/3 cài ntm_eval"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps \
	  --no-build-isolation -e .
	@touch $@
	@echo "Xong môi trường."
