#!/usr/bin/env bash
# Puts the service in force on this machine, as root: user, folders, units, nginx; again after each change or upgrade.
# Dashboards are started anew one after another, each once the one before is up.
# Use: install.sh [DECLARATION]
set -euo pipefail

cd "$(dirname "$0")/../.."
declaration=${1:-/etc/pilot/service.toml}
python=.venv/bin/python

if [ "$(id -u)" -ne 0 ]; then
    echo "请以root运行：要写入systemd和nginx的配置" >&2
    exit 2
fi
if [ ! -e "$declaration" ]; then
    install -D -m 644 scripts/serving/service.toml "$declaration"
    echo "已写出 $declaration，请按其中的说明修改主机名、证书和备份目录，再执行一次 make serve"
    exit 2
fi

tell() { "$python" -m scripts.serving "$declaration" --tell "$1"; }
user=$(tell user) home=$(tell home) own_home=$(tell own_home) log=$(tell log) project=$(tell project) backup=$(tell backup) ports=$(tell ports)
if [ "$(pwd -P)" != "$(readlink -f "$project")" ]; then
    echo "声明中的project是 $project，而现在在 $(pwd -P)：请把程序放在声明的位置" >&2
    exit 2
fi
for file in "$(tell certificate)" "$(tell certificate_key)"; do
    [ -r "$file" ] || { echo "没有 $file：请先放好证书和私钥" >&2; exit 2; }
done
for variable in $(tell variables); do
    # That file would win over the declaration, and nobody would know.
    if grep -qs "^$variable=" /etc/pilot/environment; then
        echo "$variable 在声明中，又在 /etc/pilot/environment 中：请只在声明中写，把后者的这一行删去" >&2
        exit 2
    fi
done

scripts/system_packages.sh nginx-light logrotate
getent passwd "$user" >/dev/null ||
    useradd --system --user-group --home-dir "$home" --no-create-home --shell /usr/sbin/nologin "$user"
install -d -m 700 -o "$user" -g "$user" "$home" "$own_home" "$log"
[ -d "$backup" ] || echo "注意：没有备份目录 $backup，请挂载或建立，并让用户 $user 可以写入" >&2

# As the service would run, before anything of it is there.
trial=$(mktemp -d)
trap 'rm -rf "$trial"' EXIT
"$python" -m scripts.serving "$declaration" --into "$trial" >/dev/null
sh "$trial/usr/local/bin/pilot" scripts.serving.checking || {
    echo "没有改动任何配置，也没有启动或重新启动任何进程" >&2
    exit 2
}

"$python" -m scripts.serving "$declaration" --into /
nginx -t -q
systemctl daemon-reload
timers=$(tell timers) shows=$(tell only_shows)
for task in $timers; do
    systemctl enable --quiet --now "pilot-$task.timer"
done
systemctl enable --quiet pilot.target
if [ "$shows" = True ]; then
    # What an earlier declaration began on this host, as one that publishes.
    for task in backup verify rehearse; do
        systemctl disable --quiet --now "pilot-$task.timer" 2>/dev/null || true
    done
    systemctl enable --quiet pilot-fetch.service
    systemctl restart pilot-fetch.service
else
    systemctl disable --quiet --now pilot-fetch.service 2>/dev/null || true
fi
for port in $ports; do
    echo "启动看板进程 $port"
    systemctl restart "pilot@$port"
done
for unit in $(systemctl list-units --plain --no-legend 'pilot@*' | cut -d' ' -f1); do
    # Of an earlier declaration, with more processes or other ports.
    case " $ports " in *" $(tr -dc 0-9 <<<"$unit") "*) ;; *) systemctl stop "$unit" ;; esac
done
systemctl start pilot.target
systemctl reload-or-restart nginx
echo "已启动：https://$(tell authority)"
