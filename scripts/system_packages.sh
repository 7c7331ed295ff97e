#!/usr/bin/env bash
# Installs the named Debian packages that are missing; where that cannot be done, says which they are and fails.
# Use: system_packages.sh PACKAGE…
set -euo pipefail

missing=()
for package in "$@"; do
    state=$(dpkg-query --show --showformat '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$state" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "缺少系统软件包：${missing[*]}；请由管理员安装后重试" >&2
    exit 1
fi

echo "安装系统软件包：${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { apt-get -qq update && apt-get -qq install --yes --no-install-recommends "${missing[@]}"; } >"$log" 2>&1 </dev/null
then
    tail -n 20 "$log" >&2
    echo "安装系统软件包失败：${missing[*]}" >&2
    exit 1
fi
