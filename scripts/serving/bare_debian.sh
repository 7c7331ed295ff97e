#!/usr/bin/env bash
# Follows the manual's way from a bare Debian to a running service (docs/operations.md, section 9) for real: Debian 12 put
# into a folder, its own systemd, nginx, network and processes, apart from this machine, with a certified OpenID provider
# beside it; started anew once in order and once as after a power cut. Some fifteen minutes, as root.
# Use: bare_debian.sh FOLDER        needs debootstrap, unshare and a way to the package sources; ends with 0 where all is well
set -euo pipefail

[ $# -eq 1 ] && [ "$(id -u)" -eq 0 ] || { sed -n 2,5p "$0" >&2; exit 2; }
here=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$1"
root=$(cd "$1" && pwd)

if [ ! -e "$root/etc/debian_version" ]; then
    debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus,ca-certificates bookworm "$root"
fi
"$here/scripts/test_packages.sh" # the provider
install -D -m 755 "$here/scripts/serving/bare_debian_inside.sh" "$root/srv/walk.sh"
mkdir -p "$root/mnt/repository"
# What this machine knows of the way to the sources.
cp /etc/resolv.conf "$root/etc/resolv.conf"
cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"

# With the machine's network: packages and program.
unshare --mount --pid --fork bash -euc '
    mount --make-rprivate /
    mount --bind "$1" "$2/mnt/repository"
    mount -t proc proc "$2/proc"
    exec chroot "$2" /srv/walk.sh fetch' - "$here" "$root"

# Without it, under systemd: everything else. What has to do with a machine's own devices is left out.
for unit in systemd-udevd.service systemd-udevd-control.socket systemd-udevd-kernel.socket systemd-remount-fs.service; do
    ln -sf /dev/null "$root/etc/systemd/system/$unit"
done
mkdir -p "$root/etc/systemd/system/multi-user.target.wants"
cat >"$root/srv/stage.sh" <<'STAGE'
#!/bin/bash
# One stage at each start of the machine.
if [ "$1" = walk ]; then
    exec /srv/walk.sh "$(cat /srv/walk.stage)" >>/srv/walk.log 2>&1
fi
case "$SERVICE_RESULT $(cat /srv/walk.stage)" in
    "success serve") echo again >/srv/walk.stage; systemctl --no-block reboot ;;
    "success again") echo last >/srv/walk.stage; sync; systemctl reboot --force --force ;;
    "success last") echo 0 >/srv/walk.ended; systemctl --no-block exit ;;
    *) echo 1 >/srv/walk.ended; systemctl --no-block exit ;;
esac
STAGE
cat >"$root/etc/systemd/system/walk.service" <<'UNIT'
[Unit]
After=multi-user.target
[Service]
Type=oneshot
ExecStart=/bin/bash /srv/stage.sh walk
ExecStopPost=/bin/bash /srv/stage.sh ended
TimeoutStartSec=1800
UNIT
ln -sf ../walk.service "$root/etc/systemd/system/multi-user.target.wants/walk.service"
rm -f "$root/srv/walk.ended" "$root/srv/walk.log"
echo serve >"$root/srv/walk.stage"

boot() {
    unshare --mount --pid --fork --uts --ipc --net --cgroup bash -euc '
        mount --make-rprivate /
        mount --bind "$1" "$1" # a root of its own, below which services are given theirs
        mount -t proc proc "$1/proc"
        mount -t sysfs sysfs "$1/sys"
        mount -t cgroup2 none "$1/sys/fs/cgroup"
        mount -t tmpfs tmpfs "$1/run"
        mount -t tmpfs tmpfs "$1/tmp"
        ip link set lo up
        exec env container=unshare chroot "$1" /lib/systemd/systemd --unit=multi-user.target' - "$root"
}
for stage in serve again last; do
    [ "$(cat "$root/srv/walk.stage")" = $stage ] && [ ! -e "$root/srv/walk.ended" ] || break
    boot || true # it ends as a machine does that is switched off, or on again
done
cat "$root/srv/walk.log"
exit "$(cat "$root/srv/walk.ended" || echo 1)"
