# The project's commands. On a bare machine `make run` and `make test` are all that is needed; `make help` lists the rest.

SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3)
PORT ?= 8501
RUNS ?= 3
WORKERS ?= 2
BUNDLE ?= pilot-bundle
VENV := .venv
BIN := $(VENV)/bin
HOME_FOLDER := $(or $(PILOT_HOME),data)

.DEFAULT_GOAL := help
.PHONY: help run demo test check format lock doctor bench docs screenshots clean environment dev-environment fonts browser
.PHONY: spark postgresql test-packages serve bundle

help: ## 列出各项命令
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

run: environment fonts demo ## 准备环境，首次运行时装入演示数据，打开看板 http://127.0.0.1:8501
	@scripts/serve.sh $(PORT)

demo: environment ## 尚无数据版本时，生成、装入并发布演示数据
	@[ -e "$(HOME_FOLDER)/warehouse/CURRENT" ] || \
		{ $(BIN)/python -m etl demo --load && $(BIN)/python -m casework demonstrate; }

test: check fonts browser spark postgresql test-packages ## 准备环境，运行全部检查和测试
	@$(BIN)/python -m pytest -n $(WORKERS) $(ARGS)

check: dev-environment ## 检查代码规范和格式
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .

format: dev-environment ## 整理代码格式，改正能自动改正的问题
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

lock: dev-environment ## 按requirements.in重新锁定依赖的版本和哈希值
	@$(BIN)/python -m scripts.lock

serve: environment ## 以系统服务运行（root）：按/etc/pilot/service.toml写出systemd、nginx的配置并启动
	@scripts/serving/install.sh

bundle: dev-environment ## 在联网的机器上准备离线安装包：BUNDLE=目录
	@$(BIN)/python -m scripts.bundle $(BUNDLE)

doctor: environment ## 列出本机的系统、依赖、字体、数据目录等情况
	@$(BIN)/python -m scripts.doctor

bench: environment ## 性能基准：RUNS=3 为每项重复次数
	@$(BIN)/python -m benchmarks --runs $(RUNS)

docs: dev-environment ## 重写由声明和代码生成的文档：校验规则与依据、数据表、分包图、交换的数据字典
	@for page in rulebook tables rooms exchange; do $(BIN)/python -m scripts.$$page || exit 1; done

screenshots: dev-environment fonts browser ## 重新生成文档中的页面图片
	@$(BIN)/python -m scripts.screenshots

clean: ## 删除虚拟环境、缓存和测试产物；不动数据
	rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis tests/artifacts tests/node_modules benchmarks/results
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +

environment:
	@scripts/environment.sh $(VENV) requirements.txt "$(PYTHON)"

dev-environment:
	@scripts/environment.sh $(VENV) requirements-dev.txt "$(PYTHON)"

fonts:
	@scripts/screen_fonts.sh

browser:
	@scripts/system_packages.sh chromium libatomic1

spark: dev-environment
	@scripts/system_packages.sh openjdk-17-jre-headless
	@scripts/environment.sh $(VENV) requirements-spark.txt "$(PYTHON)"

postgresql:
	@scripts/system_packages.sh postgresql

test-packages:
	@scripts/test_packages.sh
