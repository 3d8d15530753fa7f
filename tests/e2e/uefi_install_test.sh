#!/usr/bin/env bash
# The UEFI example: GRUB's menu, a GPT disk, a boot from the disk's own EFI system partition.
source "$(dirname "$0")/lib.sh"

kiln_build "$WORK/build.log" -color=false -var "iso=$ISO" -var "iso_checksum=$ISO_SUM" \
    -var "output=$WORK/out/disk" -var "password=$PASSWORD" "$ROOT/examples/uefi"
expect_status 0 "UEFI build" "$WORK/build.log"
expect_text 'booted by UEFI' "$WORK/build.log"
expect_file "$WORK/out/disk/uefi.qcow2"
expect_file "$WORK/out/disk/efivars.fd"
qemu-img check "$WORK/out/disk/uefi.qcow2" || fail "qemu-img check"
expect_secret_kept
finish
