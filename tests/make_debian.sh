#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Makes a real Debian 12 with some five hundred packages, once: make_debian.sh FOLDER. Needs root and a mirror; exit code 1 without.
set -eu
root=$1
[ ! -e "$root/.done" ] || exit 0
[ "$(id -u)" = 0 ] && command -v debootstrap >/dev/null || exit 1
rm -rf "$root"
mkdir -p "$root"
# debootstrap unpacks all of them and fails to configure some that depend on one another; apt finds the order, and what is missing.
debootstrap --variant=minbase --include=npm,git bookworm "$root" http://deb.debian.org/debian >"$root.log" 2>&1 || true
cp /etc/resolv.conf "$root/etc/resolv.conf"
for file in /etc/apt/apt.conf.d/*proxy* /etc/apt/apt.conf; do
	[ ! -f "$file" ] || cp "$file" "$root/etc/apt/apt.conf.d/"
done
inside() {
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root DEBIAN_FRONTEND=noninteractive ${http_proxy:+http_proxy="$http_proxy"} chroot "$root" "$@" \
		>>"$root.log" 2>&1
}
inside dpkg --configure -a --force-unsafe-io || {
	inside apt-get update
	inside apt-get -y -o Dpkg::Options::=--force-unsafe-io -f install --no-install-recommends
}
rm -rf "$root/var/cache/apt/archives" "$root/var/lib/apt/lists"
: >"$root/.done"
