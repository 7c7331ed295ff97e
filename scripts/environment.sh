#!/usr/bin/env bash
# Makes the virtual environment from one pinned requirements file, and does nothing where that is done already.
# Use: environment.sh VENV REQUIREMENTS PYTHON
set -euo pipefail

venv=$1 requirements=$2 python=${3:-python3}

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "需要Python 3.11或更高版本；可用 make PYTHON=/路径/python3.11 指定" >&2
    exit 1
fi

# A stamp carries what was installed, so any change installs again; the two files pin alike, so both stamps can stand.
name=$(basename "$requirements" .txt)
stamp=$venv/installed-$name-$({ cat "$requirements"; "$python" --version; } | sha256sum | cut -c1-16)
if [ -e "$stamp" ] && "$venv/bin/python" -c '' 2>/dev/null; then
    exit 0
fi

if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    echo "建立虚拟环境 $venv"
    rm -rf "$venv"
    # Debian's own python3 comes without ensurepip until python3-venv is there.
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        "$(dirname "$0")/system_packages.sh" python3-venv
    fi
    "$python" -m venv "$venv"
fi

echo "安装 $requirements 中锁定的依赖"
"$venv/bin/python" -m pip install -qq --disable-pip-version-check --no-input \
    --require-hashes --only-binary :all: -r "$requirements"
rm -f "$venv/installed-$name"-????????????????
touch "$stamp"
