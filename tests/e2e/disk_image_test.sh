#!/usr/bin/env bash
# A build that starts from a Debian disk image with cloud-init, seeded by a CD.
source "$(dirname "$0")/lib.sh"

kiln_build "$WORK/build.log" -color=false -var "image=$KILN_E2E_FIXTURES/debian.qcow2" \
    -var "output=$WORK/out/disk" -var "password=$PASSWORD" "$ROOT/examples/cloud-image"
expect_status 0 "disk image build" "$WORK/build.log"
expect_file "$WORK/out/disk/cloud.qcow2"
qemu-img check "$WORK/out/disk/cloud.qcow2" || fail "qemu-img check"
"$KILN" image info --json "$WORK/out/disk/cloud.qcow2" | grep -q 4294967296 || fail "the disk was not resized to 4 GiB"
expect_secret_kept
finish
