# shellcheck shell=bash
# Boot loaders and the ISO itself.
# To be sourced after common.sh.

GRUB_EFI=/usr/lib/grub/x86_64-efi
ISO_LABEL=KILN_FIXTURE

# make_grub_efi OUT -- one GRUB for the CD and for installed disks: it reads /EFI/BOOT/grub.cfg next to itself.
make_grub_efi() {
    grub-mkimage --format=x86_64-efi --directory="$GRUB_EFI" --prefix=/EFI/BOOT --output="$1" \
        part_gpt part_msdos fat iso9660 ext2 normal configfile linux search search_fs_uuid search_label \
        search_fs_file echo ls cat test true boot minicmd reboot halt efifwsetup all_video
}

# make_efi_image OUT EFI_PROGRAM CONFIG -- the small FAT image that UEFI finds through El Torito.
make_efi_image() {
    local out=$1 program=$2 config=$3 kilobytes
    kilobytes=$((($(stat -c %s "$program") + 1023) / 1024 + 96))
    rm -f "$out"
    truncate -s "${kilobytes}K" "$out"
    mkfs.vfat --invariant -F 12 -n KILN_EFI "$out" >/dev/null
    touch --date="@$SOURCE_DATE_EPOCH" "$program" "$config"
    mmd -i "$out" ::/EFI ::/EFI/BOOT
    mcopy -m -i "$out" "$program" ::/EFI/BOOT/BOOTX64.EFI
    mcopy -m -i "$out" "$config" ::/EFI/BOOT/grub.cfg
}

# install_isolinux ISO_TREE CONFIG
install_isolinux() {
    local dir=$1/isolinux module
    mkdir -p "$dir"
    install -m 644 /usr/lib/ISOLINUX/isolinux.bin "$dir/"
    for module in ldlinux menu libutil libcom32; do
        install -m 644 "/usr/lib/syslinux/modules/bios/$module.c32" "$dir/"
    done
    install -m 644 "$2" "$dir/isolinux.cfg"
}

# make_iso ISO_TREE OUT -- expects isolinux/ and boot/efi.img in the tree. Every date and id comes from
# SOURCE_DATE_EPOCH, which xorriso honours.
make_iso() {
    local tree=$1 out=$2
    set_dates "$tree"
    xorriso -as mkisofs -quiet -rational-rock -joliet -volid "$ISO_LABEL" -output "$out" \
        -isohybrid-mbr /usr/lib/ISOLINUX/isohdpfx.bin \
        -eltorito-boot isolinux/isolinux.bin -eltorito-catalog isolinux/boot.cat \
        -no-emul-boot -boot-load-size 4 -boot-info-table \
        -eltorito-alt-boot -e boot/efi.img -no-emul-boot -isohybrid-gpt-basdat \
        "$tree"
}
