#!/usr/bin/env bash
# Installs from the folder in which it lies, without network: `make bundle` wrote it there, as install.sh.
# Use: install.sh TARGET [PYTHON]
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
if [ $# -lt 1 ]; then
    echo "用法：install.sh 目标目录 [Python 3.11的路径]" >&2
    exit 2
fi
target=$1 python=${2:-$(command -v python3.11 || command -v python3)}

echo "核对安装包"
(cd "$here" && sha256sum --check --quiet --strict SHA256SUMS) || {
    echo "安装包不完整或已损坏，请重新复制" >&2
    exit 1
}

mkdir -p "$target"
tar -xzf "$here/pilot-source.tar.gz" -C "$target"
cd "$target"
PIP_NO_INDEX=1 PIP_FIND_LINKS="$here/wheels" scripts/environment.sh .venv requirements.txt "$python"
echo "已安装到 $target；接着见其中的 docs/operations.md"
