#!/usr/bin/env bash
# Sees to a Chinese font for the browser on this machine; the briefing brings its own and needs none of it.
set -euo pipefail

if command -v fc-list >/dev/null && [ -n "$(fc-list :lang=zh-cn family)" ]; then
    exit 0
fi
# Pages still work on a machine whose browser is elsewhere, so a missing font is said and not fatal.
"$(dirname "$0")/system_packages.sh" fontconfig fonts-noto-cjk || echo "本机没有中文字体，本机浏览器中的中文可能显示为方框" >&2
