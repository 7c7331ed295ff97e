#!/usr/bin/env bash
# Installs what tests/package-lock.json pins by hash for the browser tests; does nothing where that is done already.
set -euo pipefail

cd "$(dirname "$0")/.."
stamp=tests/node_modules/installed-$(sha256sum tests/package-lock.json | cut -c1-16)
[ ! -e "$stamp" ] || exit 0

command -v npm >/dev/null || scripts/system_packages.sh npm
echo "安装 tests/package-lock.json 中锁定的测试用软件包"
npm ci --prefix tests --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error </dev/null
touch "$stamp"
