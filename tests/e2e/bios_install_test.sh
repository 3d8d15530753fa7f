#!/usr/bin/env bash
# The quick-start example, from the ISO to the QCOW2 and the OVA, judged by other people's tools.
source "$(dirname "$0")/lib.sh"

say "build"
kiln_build "$WORK/build.log" -color=false -var "iso=$ISO" -var "iso_checksum=$ISO_SUM" \
    -var "output=$WORK/out" -var "password=$PASSWORD" "$ROOT/examples/quickstart"
expect_status 0 "quick start" "$WORK/build.log"
expect_text 'guest fetched /answers.cfg 200' "$WORK/build.log"
expect_text 'Builds finished. The artifacts of successful builds are' "$WORK/build.log"
expect_text 'sha256:[0-9a-f]{64}' "$WORK/build.log"
expect_secret_kept

qcow2=$WORK/out/disk/quickstart.qcow2
ova=$WORK/out/quickstart.ova
expect_file "$qcow2"
expect_file "$ova"
expect_file "$WORK/out/manifest.json"

say "disk and archive as others read them"
qemu-img check "$qcow2" || fail "qemu-img check of the QCOW2"
[ "$(tar tf "$ova" | head -1)" = quickstart.ovf ] || fail "the descriptor is not first in the OVA"
tar -C "$WORK" -xf "$ova"
vmdk=$(find "$WORK" -maxdepth 1 -name '*.vmdk')
qemu-img check "$vmdk" || fail "qemu-img check of the VMDK"
qemu-img compare "$qcow2" "$vmdk" | grep -q 'Images are identical' || fail "QCOW2 and VMDK differ"
vmdkinfo "$vmdk" >/dev/null || fail "vmdkinfo"
(cd "$WORK" && sed -nE 's/^SHA256\((.*)\)= *([0-9a-f]+)$/\2  \1/p' quickstart.mf | sha256sum -c --quiet) ||
    fail "the OVA's manifest does not match"
(cd "$WORK/out" && sed 's/\t/  /' quickstart.sha256 | grep '\.ova$' | sha256sum -c --quiet) ||
    fail "the checksum file does not match"
python3 -c "import json,sys; m=json.load(open(sys.argv[1])); assert m['builds'][-1]['builder_type']=='qemu', m" \
    "$WORK/out/manifest.json" || fail "the manifest"
virt-v2v -i ova "$ova" --print-source >"$WORK/v2v.log" || fail "virt-v2v cannot read the OVA"
expect_text 'quickstart' "$WORK/v2v.log"
"$KILN" image check "$qcow2" || fail "kiln image check"
"$KILN" image compare "$qcow2" "$vmdk" || fail "kiln image compare"

say "the built disk boots again and shows what the provisioner wrote"
cat >"$WORK/again.pkr.hcl" <<HCL
variable "password" {
  type      = string
  sensitive = true
}
source "qemu" "again" {
  iso_url          = "$qcow2"
  iso_checksum     = "none"
  disk_image       = true
  use_backing_file = true
  skip_resize_disk = true
  disk_size        = "1G"
  output_directory = "$WORK/again"
  headless         = true
  accelerator      = "tcg"
  ssh_username     = "root"
  ssh_password     = var.password
  shutdown_command = "poweroff"
}
build {
  sources = ["source.qemu.again"]
  provisioner "shell" {
    inline = ["cat /etc/motd", "hostname"]
  }
}
HCL
kiln_build "$WORK/again.log" -color=false -var "password=$PASSWORD" "$WORK/again.pkr.hcl"
expect_status 0 "second boot" "$WORK/again.log"
expect_text 'built by kiln' "$WORK/again.log"
finish
