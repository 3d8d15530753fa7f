#!/usr/bin/env bash
# library_test.sh BUILD: what `make install` gives a program that wants libkilnformats: headers,
# archive, pkg-config file and example work together, and need nothing of the source tree.
set -euo pipefail

build=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cmake --install "$build" --component kilnformats --prefix "$work/usr" >/dev/null
export PKG_CONFIG_PATH=$work/usr/lib/pkgconfig
# The prefix in the file is that of the build; this one was installed elsewhere.
flags=$(pkg-config --define-variable=prefix="$work/usr" --cflags --libs kilnformats)
# shellcheck disable=SC2086 # words
c++ -std=c++20 "$work/usr/share/doc/kilnformats/examples/convert.cpp" $flags ${KILN_SANITIZE:+-fsanitize=$KILN_SANITIZE} \
    -o "$work/convert"

libraries=$(ldd "$work/convert" | awk '{print $1}')
if grep -E 'pugixml|spdlog|libcurl|libssh|libseccomp' <<<"$libraries"; then
    echo "libkilnformats needs libraries that it must not" >&2
    exit 1
fi

cd "$work"
qemu-img create -q -f qcow2 disk.qcow2 64M
qemu-io -c 'write -P 7 1M 2M' -c 'write -P 9 63M 1M' disk.qcow2 >/dev/null
./convert disk.qcow2 disk.vmdk disk.ova copy.qcow2 | tee sums
sha256sum --check sums
qemu-img compare disk.qcow2 disk.vmdk
qemu-img compare disk.qcow2 copy.qcow2
if ./convert missing.qcow2 disk.raw; then
    echo "a missing source was taken" >&2
    exit 1
fi
