#!/usr/bin/env bash
# Opens the dashboard on this machine only, with a browser window where there is a display.
# Use: serve.sh PORT
set -euo pipefail

cd "$(dirname "$0")/.."
headless=true
[ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || headless=false
echo "看板地址：http://127.0.0.1:$1（按Ctrl+C停止）"
# Who a visitor is, is read from a proxy's headers by our own gate alone (access.toml), never by the server underneath.
export FORWARDED_ALLOW_IPS=
exec .venv/bin/streamlit run app.py --server.address 127.0.0.1 --server.port "$1" --server.headless "$headless"
