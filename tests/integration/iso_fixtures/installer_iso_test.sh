#!/bin/bash
# Makes the installer ISO twice and looks at what came out, without booting it (the e2e tests boot it).
set -uo pipefail
. "$(dirname "$0")/testing.sh"
require xorriso osirrox cpio cmp apt-get mmd

first=$scratch/first.iso
second=$scratch/second.iso
# At another time of the kernel's clock, under another umask and from a directory of another name.
(umask 077 && cp -r "$fixtures" "$scratch/copy")
check "MakesAnIso" "$fixtures/make-installer-iso" "$first"
check "MakesAnIsoFromACopyUnderAnotherUmask" "$scratch/copy/make-installer-iso" "$second"
check "TwoRunsGiveTheSameBytes" cmp "$first" "$second"

xorriso -indev "$first" -report_el_torito plain >"$scratch/boot" 2>/dev/null
check "HasABiosBootImage" grep -Eq '^El Torito boot img : +1 +BIOS +y ' "$scratch/boot"
check "HasAUefiBootImage" grep -Eq '^El Torito boot img : +2 +UEFI +y ' "$scratch/boot"
check "BiosImageIsIsolinux" grep -Eq '^El Torito img path : +1 +/isolinux/isolinux.bin' "$scratch/boot"
check "UefiImageIsTheEfiPartition" grep -Eq '^El Torito img path : +2 +/boot/efi.img' "$scratch/boot"

xorriso -indev "$first" -pvd_info >"$scratch/volume" 2>/dev/null
check "HasTheLabelThatTheInstallerLooksFor" grep -q "^Volume Id    : KILN_FIXTURE" "$scratch/volume"

list_is_complete() {
    xorriso -indev "$first" -find / -type f -exec echo -- 2>/dev/null | tr -d "'" | sort >"$scratch/list"
    sort >"$scratch/wanted" <<'LIST'
/EFI/BOOT/BOOTX64.EFI
/EFI/BOOT/grub.cfg
/boot/efi.img
/boot/initramfs
/boot/installer
/boot/vmlinuz
/isolinux/isolinux.bin
/isolinux/isolinux.cfg
/isolinux/ldlinux.c32
/isolinux/libcom32.c32
/isolinux/libutil.c32
/isolinux/menu.c32
/root.tar
LIST
    diff "$scratch/wanted" "$scratch/list"
}
check "HoldsTheseFilesAndNoOthers" list_is_complete

osirrox -indev "$first" -extract / "$scratch/iso" >/dev/null 2>&1
chmod -R u+w "$scratch/iso"
check "BiosMenuNeverStartsByItself" grep -qx 'TIMEOUT 0' "$scratch/iso/isolinux/isolinux.cfg"
check "UefiMenuNeverStartsByItself" grep -qx 'set timeout=-1' "$scratch/iso/EFI/BOOT/grub.cfg"

(for part in initramfs installer; do zcat "$scratch/iso/boot/$part" | cpio --list --quiet; done) >"$scratch/early"
tar -tf "$scratch/iso/root.tar" >"$scratch/root"
for driver in virtio_blk virtio_net virtio_scsi ata_piix ahci nvme mptspi mptsas sym53c8xx vmw_pvscsi e1000 e1000e \
    vmxnet3 ext4 isofs; do
    check "EarlyBootHasTheDriver $driver" grep -q "/$driver\.ko$" "$scratch/early"
done
for program in sfdisk mke2fs mkfs.vfat extlinux kiln-install; do
    check "InstallerHas $program" grep -qx "usr/bin/$program" "$scratch/early"
done
for program in sudo scp dropbear dash bash; do
    check "InstalledSystemHas $program" grep -qx "./usr/bin/$program" "$scratch/root"
done
check "InstalledSystemHasAnSftpServer" grep -qx "./usr/lib/openssh/sftp-server" "$scratch/root"
check "SudoKeepsItsSetuidBit" grep -Eq '^-rwsr-xr-x' <(tar -tvf "$scratch/iso/root.tar" ./usr/bin/sudo)

host_keys_are_absent() { ! grep -E 'etc/dropbear/.+' "$scratch/root"; }
check "NoHostKeyIsShipped" host_keys_are_absent

says_which_package_is_missing() {
    mkdir -p "$scratch/bin"
    # A PATH with hardly any tool in it, and no second one added.
    local tool
    for tool in bash dirname readlink id sort tr cat mkdir mktemp rm; do
        ln -sf "$(command -v "$tool")" "$scratch/bin/$tool"
    done
    sed 's,^export PATH=.*,,' -i "$scratch/copy/lib/common.sh"
    ! PATH=$scratch/bin "$scratch/copy/make-installer-iso" "$scratch/none.iso" 2>"$scratch/error" &&
        grep -q 'apt-get install .*xorriso' "$scratch/error" && [ ! -e "$scratch/none.iso" ]
}
check "SaysWhichPackageIsMissing" says_which_package_is_missing
check "LeavesNothingBesideTheIso" test -z "$(find "$scratch" -name '*.new.*')"
finish
