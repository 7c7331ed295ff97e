#!/usr/bin/env bash
# Follows the manual's way from a bare Debian to a running service (docs/operations.md, section 9) for real: Debian 12 put
# into a folder, its own systemd, nginx, network and processes, apart from this machine; some minutes, as root.
# Use: bare_debian.sh FOLDER        needs debootstrap, unshare and a way to the package sources; ends with 0 where all is well
set -euo pipefail

[ $# -eq 1 ] && [ "$(id -u)" -eq 0 ] || { sed -n 2,4p "$0" >&2; exit 2; }
here=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$1"
root=$(cd "$1" && pwd)

if [ ! -e "$root/etc/debian_version" ]; then
    debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus,ca-certificates bookworm "$root"
fi
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
cat >"$root/etc/systemd/system/walk.service" <<'UNIT'
[Unit]
After=multi-user.target
[Service]
Type=oneshot
ExecStart=/bin/bash -c '/srv/walk.sh serve >/srv/walk.log 2>&1; echo $? >/srv/walk.ended'
ExecStopPost=/bin/systemctl --no-block exit
TimeoutStartSec=1800
UNIT
ln -sf ../walk.service "$root/etc/systemd/system/multi-user.target.wants/walk.service"
rm -f "$root/srv/walk.ended"
unshare --mount --pid --fork --uts --ipc --net --cgroup bash -euc '
    mount --make-rprivate /
    mount --bind "$1" "$1" # a root of its own, below which services are given theirs
    mount -t proc proc "$1/proc"
    mount -t sysfs sysfs "$1/sys"
    mount -t cgroup2 none "$1/sys/fs/cgroup"
    mount -t tmpfs tmpfs "$1/run"
    mount -t tmpfs tmpfs "$1/tmp"
    ip link set lo up
    exec env container=unshare chroot "$1" /lib/systemd/systemd --unit=multi-user.target' - "$root" || true
cat "$root/srv/walk.log"
exit "$(cat "$root/srv/walk.ended")"
