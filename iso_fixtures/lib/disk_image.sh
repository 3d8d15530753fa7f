# shellcheck shell=bash
# A bootable disk image put together from files, without loop devices.
# To be sourced after common.sh.

# In sectors of 512 bytes: GRUB's core image, the ESP, and the root to the end, so that the root can grow.
BIOS_START=2048 BIOS_SECTORS=2048
ESP_START=4096 ESP_SECTORS=65536
ROOT_START=69632

# root_sectors IMAGE -- whole MiB, short of the second copy of the partition table at the end.
root_sectors() { echo $((($(stat -c %s "$1") / 512 - ROOT_START - 33) / 2048 * 2048)); }

# make_partition_table IMAGE
make_partition_table() {
    sfdisk --quiet "$1" <<END
label: gpt
label-id: 6B696C6E-0000-4000-8000-000000000000
start=$BIOS_START, size=$BIOS_SECTORS, type=21686148-6449-6E6F-744E-656564454649, uuid=6B696C6E-0000-4000-8000-000000000001, name=bios
start=$ESP_START, size=$ESP_SECTORS, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B, uuid=6B696C6E-0000-4000-8000-000000000002, name=ESP
start=$ROOT_START, size=$(root_sectors "$1"), type=4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709, uuid=6B696C6E-0000-4000-8000-000000000003, name=root
END
}

# put FILE IMAGE SECTOR
put() { dd if="$1" of="$2" bs=512 seek="$3" conv=notrunc,sparse status=none; }

# little_endian NUMBER BYTES -- as printf escapes.
little_endian() {
    local number=$1 bytes=$2
    while [ "$bytes" -gt 0 ]; do
        printf '\\x%02x' $((number & 255))
        number=$((number >> 8))
        bytes=$((bytes - 1))
    done
}

# install_grub_bios IMAGE GRUB_DIRECTORY ROOT_UUID -- what grub-setup would do to a real disk: the boot sector
# loads the first sector of the core image, and that one the rest.
install_grub_bios() {
    local image=$1 directory=$2 uuid=$3 core=$SCRATCH/core.img boot=$SCRATCH/boot.img
    printf 'search --no-floppy --set=root --fs-uuid %s\nset prefix=($root)/boot/grub\n' "$uuid" >"$SCRATCH/core.cfg"
    grub-mkimage --format=i386-pc --directory="$directory" --prefix=/boot/grub --config="$SCRATCH/core.cfg" \
        --output="$core" biosdisk part_gpt ext2 normal configfile linux search search_fs_uuid echo test
    [ "$(stat -c %s "$core")" -le $((BIOS_SECTORS * 512)) ] || die "GRUB's core image is larger than its partition"
    # Offset 0x5c of the boot sector: where the core begins. Offset 500 of the core: where its second sector is.
    cp "$directory/boot.img" "$boot"
    printf "$(little_endian $BIOS_START 8)" | dd of="$boot" bs=1 seek=92 conv=notrunc status=none
    printf "$(little_endian $((BIOS_START + 1)) 8)" | dd of="$core" bs=1 seek=500 conv=notrunc status=none
    dd if="$boot" of="$image" bs=1 count=440 conv=notrunc status=none
    put "$core" "$image" "$BIOS_START"
}

# install_grub_uefi IMAGE ROOT_UUID VOLUME_ID
install_grub_uefi() {
    local image=$1 uuid=$2 volume=$3 esp=$SCRATCH/esp.img
    make_grub_efi "$SCRATCH/BOOTX64.EFI"
    printf 'search --no-floppy --set=root --fs-uuid %s\nconfigfile /boot/grub/grub.cfg\n' "$uuid" >"$SCRATCH/grub.cfg"
    truncate -s $((ESP_SECTORS * 512)) "$esp"
    mkfs.vfat --invariant -F 16 -n KILN_ESP -i "$volume" "$esp" >/dev/null
    mmd -i "$esp" ::/EFI ::/EFI/BOOT
    mcopy -i "$esp" "$SCRATCH/BOOTX64.EFI" ::/EFI/BOOT/BOOTX64.EFI
    mcopy -i "$esp" "$SCRATCH/grub.cfg" ::/EFI/BOOT/grub.cfg
    put "$esp" "$image" "$ESP_START"
}
