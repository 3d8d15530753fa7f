#!/usr/bin/env bash
# image_command_test.sh KILN: `kiln image` as users run it, in its sandbox, on a disk with partitions, an
# installed system's files and deleted ones.
set -euo pipefail

kiln=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export TMPDIR=$work/tmp
mkdir tmp

failures=0
fail() {
    echo "FAILED: $*" >&2
    failures=$((failures + 1))
}
# expect STATUS COMMAND...: its output goes to the file `out`, errors to `err`.
expect() {
    local wanted=$1 status=0
    shift
    "$@" >out 2>err || status=$?
    [ "$status" -eq "$wanted" ] || { fail "exit status $status: $*"; cat out err >&2; }
}
says() { grep -qF -- "$1" "${2:-out}" || { fail "\"$1\" is not in ${2:-out}:"; cat "${2:-out}" >&2; }; }

mkdir -p tree/etc
echo 'PRETTY_NAME="A System 1"' >tree/etc/os-release
cat >tree/etc/fstab <<'FSTAB'
UUID=11111111-2222-3333-4444-555555555555 / ext4 defaults 0 1
LABEL=pages none swap sw 0 0
FSTAB
seq 1 200000 >tree/numbers
yes 'a deleted secret' | head -c 8M >tree/deleted || true
truncate -s 96M disk.raw
sgdisk -n1:2048:+16M -t1:8200 -n2:0:0 -t2:8300 disk.raw >/dev/null
root_offset=$((34816 * 512))
truncate -s 16M swap
mkswap -q -L pages swap 2>/dev/null
dd if=swap of=disk.raw bs=512 seek=2048 conv=notrunc,sparse status=none
mke2fs -q -F -t ext4 -U 11111111-2222-3333-4444-555555555555 -L rootfs -d tree -E offset=$root_offset disk.raw 76M 2>/dev/null
debugfs -w -R 'rm deleted' "disk.raw?offset=$root_offset" 2>/dev/null

echo "== info, mount-check, map"
expect 0 "$kiln" image info -f raw disk.raw
says 'gpt'
says 'ext4 "rootfs"'
says 'A System 1'
expect 0 "$kiln" image mount-check -f raw disk.raw
expect 0 "$kiln" image map --json -f raw disk.raw
python3 -c 'import json; assert sum(e["length"] for e in json.load(open("out"))) == 96 << 20'

echo "== thin"
expect 0 "$kiln" image convert --thin -f raw disk.raw thin.qcow2
says 'partition 2 (ext4): left out'
expect 0 "$kiln" image convert -f raw disk.raw whole.qcow2
[ "$(stat -c %s thin.qcow2)" -lt $(($(stat -c %s whole.qcow2) - 7000000)) ] || fail "thinning saved nothing"
expect 0 "$kiln" image convert thin.qcow2 thin.raw
if grep -qaF 'a deleted secret' thin.raw; then fail "a deleted file is still there"; fi
e2fsck -fn "thin.raw?offset=$root_offset" >fsck 2>&1 || fail "e2fsck: $(cat fsck)"
debugfs -R 'dump numbers copied' "thin.raw?offset=$root_offset" 2>/dev/null
cmp tree/numbers copied || fail "a file changed"
expect 1 "$kiln" image compare -f raw disk.raw thin.qcow2
says 'partition 2: [free]'

echo "== an fstab that wants what is not there"
debugfs -w -R 'rm etc/fstab' "disk.raw?offset=$root_offset" 2>/dev/null
echo 'LABEL=missing /srv ext4 defaults 0 2' >fstab
debugfs -w -R 'write fstab etc/fstab' "disk.raw?offset=$root_offset" 2>/dev/null
expect 1 "$kiln" image mount-check -f raw disk.raw
says 'LABEL=missing'

echo "== pipes"
"$kiln" image convert -f raw - piped.qcow2 <disk.raw >/dev/null || fail "standard input was not taken"
expect 0 "$kiln" image compare -f raw disk.raw piped.qcow2
"$kiln" image convert piped.qcow2 -O raw - | cmp - disk.raw || fail "standard output differs"
"$kiln" image convert piped.qcow2 -O vmdk - >streamed.vmdk
expect 0 "$kiln" image compare piped.qcow2 streamed.vmdk
[ -z "$(ls -A tmp)" ] || fail "something is left in TMPDIR: $(ls -A tmp)"

echo "== one hash for all formats"
expect 0 "$kiln" image hash piped.qcow2
[ "$(cut -d' ' -f1 out)" = "$(sha256sum disk.raw | cut -d' ' -f1)" ] || fail "the hash is another"

echo "== the sandbox keeps a backing file out, and lets an allowed one in"
qemu-img create -q -f qcow2 -b "$work/disk.raw" -F raw overlay.qcow2
expect 1 "$kiln" image convert overlay.qcow2 flat.raw
says '--allow-backing' err
[ ! -e flat.raw ] || fail "there is an output"
expect 0 "$kiln" image convert --allow-backing overlay.qcow2 flat.raw
cmp flat.raw disk.raw || fail "the flattened disk differs"

echo "== nothing is left when a target cannot be written"
mkdir full
expect 1 "$kiln" image convert piped.qcow2 -o full/a.vmdk -o nowhere/b.vmdk
[ -z "$(ls -A full)" ] || fail "something is left: $(ls -A full)"

[ "$failures" -eq 0 ] || exit 1
echo "all checks passed"
