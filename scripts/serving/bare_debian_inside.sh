#!/usr/bin/env bash
# What bare_debian.sh has done in the new Debian: the manual's nine steps (docs/operations.md, section 9), in its words.
# Use: bare_debian_inside.sh fetch, then one stage for each start of the machine: serve, again, last
set -euo pipefail

host=pilot.example identity=id.example subject=employee-42
say() { echo "== $*"; }
approve_all() { # by whom; what is proposed by themselves is for another
    local number
    for number in $(pilot casework proposals --status proposed --format csv | tail -n +2 | cut -d, -f1); do
        pilot casework approve "$number" --by "$1" || pilot casework approve "$number" --by "$2"
    done
}
self_signed() { # name, and where to
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 90 -subj "/CN=$1" \
        -addext "subjectAltName=DNS:$1" -keyout "$2.key" -out "$2.crt" 2>/dev/null
    chmod 600 "$2.key"
    grep -q " $1\$" /etc/hosts || echo "127.0.0.1 $1" >>/etc/hosts
}
visit() { # a browser that trusts both certificates
    REQUESTS_CA_BUNDLE=/srv/authorities.crt .venv/bin/python -m scripts.serving.by_provider "$@"
}
up() { # within two minutes, with nobody's help
    local second
    for second in $(seq 120); do
        sleep 1
        if pilot etl health --ports 8501,8502 >/srv/health.txt 2>&1; then cat /srv/health.txt; return; fi
    done
    cat /srv/health.txt
    return 1
}
facts() { # of the record and the data version; not of copies, whose times go on
    pilot etl verify
    pilot etl health | grep -E "台账|数据版本"
    pilot casework users
    pilot casework proposals --format csv
}

fetch() {
    say "1. packages"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update --quiet
    apt-get install --yes --quiet git make python3.11 python3-venv nginx-light logrotate
    say "2. program"
    rm -rf /opt/pilot
    git -c safe.directory='*' clone --quiet /mnt/repository /opt/pilot
    (cd /opt/pilot && make doctor) || say "doctor names what wants a hand: a server needs no fonts for a screen"
    say "the office's provider: a certified one, on the same machine for want of another"
    apt-get install --yes --quiet --no-install-recommends nodejs
    rm -rf /opt/identity
    mkdir /opt/identity
    cp -r /mnt/repository/tests/node_modules /mnt/repository/tests/pages/gate/provider.mjs /opt/identity
}

provider_begins() {
    self_signed $identity /etc/nginx/identity
    cp /etc/nginx/identity.crt /etc/pilot/identity-ca.crt # the office's own authority
    cat >/etc/systemd/system/identity.service <<UNIT
[Service]
DynamicUser=yes
ExecStart=/usr/bin/node /opt/identity/provider.mjs https://$host/sign-in/callback https://$host/sign-out/done https://$identity 9000
[Install]
WantedBy=multi-user.target
UNIT
    cat >/etc/nginx/conf.d/identity.conf <<NGINX
server {
    listen 443 ssl http2;
    server_name $identity;
    ssl_certificate /etc/nginx/identity.crt;
    ssl_certificate_key /etc/nginx/identity.key;
    location / {
        proxy_pass http://127.0.0.1:9000;
        proxy_set_header Host \$host;
        proxy_set_header X-Forwarded-Proto https;
        proxy_set_header X-Forwarded-For \$remote_addr;
    }
}
NGINX
    systemctl daemon-reload
    systemctl enable --quiet --now identity.service
    cat /etc/pilot/tls.crt /etc/pilot/identity-ca.crt >/srv/authorities.crt
}

serve() {
    # Not by timedatectl as on a machine of its own: that tells the kernel, whose clock is the outer machine's too.
    ln -sf /usr/share/zoneinfo/Asia/Shanghai /etc/localtime
    say "3. certificate"
    mkdir -p /etc/pilot
    self_signed $host /etc/pilot/tls
    rm -rf /var/lib/pilot /var/log/pilot /etc/pilot/service.toml /etc/nginx/conf.d/identity.conf /srv/kept

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
    pilot casework account first 赵六
    make serve

    say "7. list"
    printf '%s\n' '编码,名称,类别,同组,评估上限（万元）,纳入日期' 'B001,演示银行,机构,城市商业银行,1000,2026-03-02' \
        '110108,海淀,地区,,,2026-03-02' >/srv/list.csv
    chmod 644 /srv/list.csv
    pilot etl register /srv/list.csv
    pilot etl publish

    say "8. users"
    for one in 李四 王五; do pilot casework user "$one" supervisor --reason 首次登记 --by "$one"; done
    approve_all 王五 李四
    for one in '张三 analyst' '孙七 institution --scope B001' '周八 district --scope 110108' '赵六 admin'; do
        # shellcheck disable=SC2086  # the words of a command
        pilot casework user $one --reason 到岗 --by 李四
    done
    approve_all 王五 李四
    for one in 张三 李四 孙七 周八; do pilot casework account create "$one" --by 赵六; done | tee /srv/first.txt
    # Each of the four through nginx and TLS: first password, a password of one's own, a page under one's own role.
    .venv/bin/python -m scripts.serving.four_users "https://$host" /srv/first.txt /srv/kept

    say "8. the provider"
    provider_begins
    sed -i 's/^sign_in = .*/sign_in = ["accounts", "oidc"]/' /var/lib/pilot/access.toml
    cat >>/var/lib/pilot/access.toml <<TOML
[oidc]
issuer = "https://$identity"
client_id = "pilot"
client_secret = "pilot-secret-of-the-tests"
ca = "/etc/pilot/identity-ca.crt"
TOML
    make serve
    visit stranger "https://$host" $subject
    pilot casework account link 王五 $subject --by 赵六
    visit come "https://$host" $subject 王五 /srv/kept/out.json
    visit leave "https://$host" /srv/kept/out.json
    visit come "https://$host" $subject 王五 /srv/kept/王五.json
    pilot casework account end 周八 --by 赵六

    say "9. acceptance"
    systemctl start pilot-backup
    systemctl start pilot-rehearse
    systemctl start pilot-verify
    pilot etl health --ports 8501,8502
    [ -z "$(systemctl --failed --plain --no-legend)" ]
    kill -9 "$(systemctl show --property MainPID --value pilot@8501)"
    up
    systemctl start pilot-health
    [ "$(systemctl show --property NRestarts --value pilot@8501)" -ge 1 ]
    facts >/srv/facts.txt
    visit holds "https://$host" /srv/kept/{张三,王五}.json
    say "9. the machine starts anew"
}

again() {
    up
    facts | diff /srv/facts.txt - && say "the same record, users and data version"
    visit holds "https://$host" /srv/kept/{张三,李四,孙七,王五}.json
    visit ended "https://$host" /srv/kept/{out,周八}.json
    visit come "https://$host" $subject 王五 /srv/kept/王五.json # with a key that the provider has made since
    systemctl list-timers --no-pager 'pilot-*' logrotate.timer
    for timer in pilot-{backup,verify,rehearse,health} logrotate; do
        [ -n "$(systemctl show --property NextElapseUSecRealtime --value $timer.timer)" ]
    done
    logrotate --force /etc/logrotate.d/pilot
    visit holds "https://$host" /srv/kept/王五.json
    ls /var/log/pilot
    [ "$(ls /var/log/pilot/dashboard.jsonl-* | wc -l)" -ge 1 ] && [ -s /var/log/pilot/dashboard.jsonl ]

    say "a region that nobody declared, and a variable stated twice: told before anything is started anew"
    since=$(systemctl show --property ActiveEnterTimestamp --value pilot@8501)
    sed -i 's/^region = .*/region = "330000"/' /etc/pilot/service.toml
    if make serve; then return 1; fi
    sed -i 's/^region = .*/region = ""/' /etc/pilot/service.toml
    echo PILOT_HOME=/elsewhere >/etc/pilot/environment
    if make serve; then return 1; fi
    rm /etc/pilot/environment
    [ -z "$(grep -l 330000 /etc/systemd/system/pilot* /usr/local/bin/pilot)" ]
    [ "$since" = "$(systemctl show --property ActiveEnterTimestamp --value pilot@8501)" ]

    say "a timer by itself, and an idle session: a copy each minute, a minute without an act"
    sed -i 's/^backup_at = .*/backup_at = "*-*-* *:*:00"/' /etc/pilot/service.toml
    sed -i 's/^\[oidc\]/[sessions]\nidle_minutes = 1\n[oidc]/' /var/lib/pilot/access.toml
    before=$(ls /mnt/pilot-backup/copies | wc -l)
    make serve
    visit come "https://$host" $subject 王五 /srv/kept/王五.json
    for _ in $(seq 40); do
        sleep 5
        if [ "$(ls /mnt/pilot-backup/copies | wc -l)" -gt "$before" ]; then timed=yes; break; fi
    done
    [ "${timed:-}" = yes ]
    sleep 65 # without a look: each one is an act
    visit ended "https://$host" /srv/kept/王五.json
    ls /mnt/pilot-backup/copies
    pilot casework user 吴九 analyst --reason 断电前 --by 李四 | tee /srv/told.txt
    say "the power is cut"
}

last() {
    up
    pilot etl verify
    pilot casework proposals --status proposed | grep 吴九
    [ -z "$(systemctl --failed --plain --no-legend)" ]
    say "walked to the end"
}

[ "$1" = fetch ] || cd /opt/pilot
"$1"
