#!/usr/bin/env bash
# make_fixtures.sh DIR: the guests that the end-to-end tests build with. What is there is kept as
# long as the scripts that made it have not changed.
set -euo pipefail

directory=${1:?usage: make_fixtures.sh DIR}
root=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$directory"

stamp=$(cd "$root/iso_fixtures" && find . -type f | LC_ALL=C sort | xargs cat | sha256sum | cut -d' ' -f1)
if [ "$(cat "$directory/stamp" 2>/dev/null || true)" = "$stamp" ]; then
    echo "fixtures are up to date"
    exit 0
fi
"$root/iso_fixtures/make-installer-iso" "$directory/installer.iso"
sha256sum "$directory/installer.iso" | cut -d' ' -f1 >"$directory/installer.iso.sha256"
"$root/iso_fixtures/make-debian-disk" "$directory/debian.qcow2"
echo "$stamp" >"$directory/stamp"
