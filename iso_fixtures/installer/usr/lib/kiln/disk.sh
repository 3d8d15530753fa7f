# The disk: one root partition, with an ESP before it on UEFI machines. Mounted at /target.

# Features that extlinux 6.04 and GRUB 2.06 both read; named one by one, so that no configuration file matters.
ROOT_FEATURES=none,has_journal,ext_attr,resize_inode,dir_index,filetype,extent,flex_bg,sparse_super,large_file,huge_file,extra_isize

is_uefi() { [ -d /sys/firmware/efi ]; }

prepare_disk() {
    wait_for 20 find_disk || fail "disk: none found (disk=$answer_disk)"
    make_partitions
    make_file_systems
}

find_disk() {
    if [ "$answer_disk" != auto ]; then
        target_disk=$answer_disk
    else
        target_disk=$(first_disk)
    fi
    [ -b "$target_disk" ] || { load_drivers && false; }
}

# first_disk -- the first one that is writable, not removable, and not empty, virtio before NVMe before SCSI and ATA.
first_disk() {
    local block
    for block in /sys/block/vd* /sys/block/nvme* /sys/block/sd*; do
        [ -e "$block" ] || continue
        [ "$(cat "$block/size")" -gt 0 ] && [ "$(cat "$block/ro")" = 0 ] || continue
        [ "$(cat "$block/removable")" = 0 ] || continue
        echo "/dev/${block##*/}"
        return
    done
}

# partition NUMBER -- the device of that partition.
partition() {
    case $target_disk in
    *[0-9]) echo "${target_disk}p$1" ;;
    *) echo "$target_disk$1" ;;
    esac
}

make_partitions() {
    local table log=/tmp/sfdisk.log
    if is_uefi; then
        # EFI System, then Linux root (x86-64).
        table='label: gpt
size=64M, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B, name=ESP
type=4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709, name=root'
        root_partition=$(partition 2)
        esp_partition=$(partition 1)
    else
        table='label: dos
start=2048, type=83, bootable'
        root_partition=$(partition 1)
    fi
    echo "$table" | sfdisk --quiet --wipe=always --wipe-partitions=always "$target_disk" >$log 2>&1 ||
        fail "partitions: sfdisk $target_disk: $(cat $log)"
    wait_for 5 test -b "$root_partition" || fail "partitions: $root_partition did not appear"
    say "partitioned $target_disk"
}

make_file_systems() {
    local log=/tmp/mkfs.log
    modprobe -q -a crc32c_generic ext4
    # By its path: busybox's shell would take its own applet of that name, which knows no ext4.
    /usr/bin/mke2fs -q -F -t ext4 -L kiln-root -O $ROOT_FEATURES -J size=8 \
        -E lazy_itable_init=1,lazy_journal_init=1,nodiscard "$root_partition" >$log 2>&1 ||
        fail "file system: mke2fs $root_partition: $(cat $log)"
    mkdir -p /target
    mount -t ext4 -o noatime "$root_partition" /target || fail "file system: cannot mount $root_partition"
    if is_uefi; then
        mkfs.vfat -F 32 -n KILN_ESP "$esp_partition" >$log 2>&1 || fail "file system: mkfs.vfat: $(cat $log)"
        modprobe -q -a vfat nls_cp437 nls_ascii nls_iso8859-1
        mkdir -p /target/boot/efi
        mount -t vfat "$esp_partition" /target/boot/efi || fail "file system: cannot mount $esp_partition"
        esp_uuid=$(blkid -s UUID -o value "$esp_partition")
    fi
    root_uuid=$(blkid -s UUID -o value "$root_partition")
    [ -n "$root_uuid" ] || fail "file system: $root_partition has no UUID"
    say "file systems made"
}
