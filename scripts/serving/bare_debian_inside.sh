#!/usr/bin/env bash
# What bare_debian.sh has done in the new Debian: the manual's nine steps (docs/operations.md, section 9), in its words.
# Use: bare_debian_inside.sh fetch|serve
set -euo pipefail

host=pilot.example
say() { echo "== $*"; }
as_pilot() { runuser -u pilot -- env PILOT_HOME=/var/lib/pilot .venv/bin/python -m "$@"; }
approve_all() { # by whom; what is proposed by themselves is for another
    local number
    for number in $(as_pilot casework proposals --status proposed --format csv | tail -n +2 | cut -d, -f1); do
        as_pilot casework approve "$number" --by "$1" || as_pilot casework approve "$number" --by "$2"
    done
}

if [ "$1" = fetch ]; then
    say "1. packages"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update --quiet
    apt-get install --yes --quiet git make python3.11 python3-venv nginx-light logrotate
    say "2. program"
    rm -rf /opt/pilot
    git -c safe.directory='*' clone --quiet /mnt/repository /opt/pilot
    cd /opt/pilot && { make doctor || say "doctor names what wants a hand: a server needs no fonts for a screen"; }
    exit
fi

cd /opt/pilot
say "3. certificate"
mkdir -p /etc/pilot
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 90 -subj "/CN=$host" \
    -addext "subjectAltName=DNS:$host" -keyout /etc/pilot/tls.key -out /etc/pilot/tls.crt 2>/dev/null
chmod 600 /etc/pilot/tls.key
grep -q "$host" /etc/hosts || echo "127.0.0.1 $host" >>/etc/hosts
rm -rf /var/lib/pilot /etc/pilot/service.toml

say "4. where copies go"
getent passwd pilot >/dev/null ||
    useradd --system --user-group --home-dir /var/lib/pilot --no-create-home --shell /usr/sbin/nologin pilot
rm -rf /mnt/pilot-backup
install -d -o pilot -g pilot /mnt/pilot-backup

say "5. declaration"
make serve || [ -e /etc/pilot/service.toml ] # the first time it writes the declaration and stops
sed -i "s/^host = .*/host = \"$host\"/" /etc/pilot/service.toml
make serve

say "6. sign-in"
cat >/var/lib/pilot/access.toml <<TOML
sign_in = ["accounts"]
[server]
public = "https://$host"
proxies = ["127.0.0.1"]
TOML
chown pilot: /var/lib/pilot/access.toml
chmod 600 /var/lib/pilot/access.toml
as_pilot casework account first 赵六
make serve

say "7. list"
printf '%s\n' '编码,名称,类别,同组,评估上限（万元）,纳入日期' 'B001,演示银行,机构,城市商业银行,1000,2026-03-02' \
    '110108,海淀,地区,,,2026-03-02' >/tmp/list.csv
chmod 644 /tmp/list.csv
as_pilot etl register /tmp/list.csv
as_pilot etl publish

say "8. users"
for one in 李四 王五; do as_pilot casework user "$one" supervisor --reason 首次登记 --by "$one"; done
approve_all 王五 李四
for one in '张三 analyst' '孙七 institution --scope B001' '周八 district --scope 110108' '赵六 admin'; do
    # shellcheck disable=SC2086  # the words of a command
    as_pilot casework user $one --reason 到岗 --by 李四
done
approve_all 王五 李四
for one in 张三 李四 孙七 周八; do as_pilot casework account create "$one" --by 赵六; done | tee /tmp/first.txt
# Each of the four through nginx and TLS: first password, a password of one's own, a page under one's own role.
.venv/bin/python -m scripts.serving.four_users "https://$host" /tmp/first.txt

say "9. acceptance"
systemctl start pilot-backup
systemctl start pilot-rehearse
systemctl start pilot-verify
as_pilot etl health --ports 8501,8502
[ -z "$(systemctl --failed --plain --no-legend)" ]
kill -9 "$(systemctl show --property MainPID --value pilot@8501)"
for _ in $(seq 60); do
    sleep 1
    if [ "$(systemctl is-active pilot@8501)" = active ]; then break; fi
done
as_pilot etl health --ports 8501,8502
systemctl start pilot-health
[ "$(systemctl show --property NRestarts --value pilot@8501)" -ge 1 ]
say "walked to the end"
