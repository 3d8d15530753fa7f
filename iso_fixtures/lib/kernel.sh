# shellcheck shell=bash
# Debian's kernel: its image, and those of its modules that the fixture's machine kinds need.
# To be sourced after packages.sh.

# One line per reason. Dependencies are added by modprobe's own knowledge.
FIXTURE_MODULES=(
    virtio_pci virtio_blk virtio_scsi virtio_net virtio_rng # paravirtual machines
    ata_piix ata_generic ahci nvme                          # IDE, SATA, NVMe disks
    sym53c8xx mptspi mptsas vmw_pvscsi megaraid_sas BusLogic # SCSI: QEMU's and VMware's LSI, PVSCSI
    e1000 e1000e vmxnet3 pcnet32 8139cp                     # network cards
    sd_mod sr_mod                                           # disks and CDs on any of those
    isofs vfat nls_cp437 nls_ascii nls_iso8859-1            # CDs, the ESP, seed floppies
    floppy loop                                             # for templates that attach or mount one
    ext4 crc32c_generic                                     # the root; crc32c is a soft dependency
    button evdev                                            # the ACPI power button
)

# use_kernel -- sets KERNEL_TREE (unpacked package) and KERNEL_VERSION. KILN_FIXTURE_KERNEL picks another package.
use_kernel() {
    local package=${KILN_FIXTURE_KERNEL:-linux-image-amd64} real deb
    # The usual name is a meta package: it only depends on the real one.
    real=$(apt-cache depends "$package" 2>/dev/null | awk '/Depends: linux-image-/ { print $2; exit }')
    deb=$(fetch_package "${real:-$package}")
    KERNEL_TREE=$(unpack_package "$deb" --exclude='*/drivers/gpu' --exclude='*/drivers/media' \
        --exclude='*/drivers/staging' --exclude='*/drivers/net/wireless' --exclude='*/drivers/infiniband' \
        --exclude='*/kernel/sound')
    KERNEL_VERSION=$(ls "$KERNEL_TREE/lib/modules")
    KERNEL_IMAGE=$KERNEL_TREE/boot/vmlinuz-$KERNEL_VERSION
    [ -f "$KERNEL_IMAGE" ] || die "$deb holds no kernel image"
    if [ ! -f "$KERNEL_TREE/.depmod-done" ]; then
        depmod -b "$KERNEL_TREE" "$KERNEL_VERSION"
        touch "$KERNEL_TREE/.depmod-done"
    fi
}

# install_modules TREE -- FIXTURE_MODULES with their dependencies, and an index of just those.
install_modules() {
    local tree=$1 module file
    for module in "${FIXTURE_MODULES[@]}"; do
        modprobe -d "$KERNEL_TREE" -S "$KERNEL_VERSION" --show-depends "$module" ||
            die "kernel $KERNEL_VERSION has no module $module"
    done | awk '$1 == "insmod" { print $2 }' | sort -u >"$SCRATCH/modules"
    while read -r file; do
        file=${file#"$KERNEL_TREE"}
        mkdir -p "$tree/usr${file%/*}"
        # Type data and signatures would be read and checked at every load: half of the time under emulation.
        objcopy --strip-debug --remove-section=.BTF "$KERNEL_TREE$file" "$tree/usr$file"
    done <"$SCRATCH/modules"
    install -m 644 "$KERNEL_TREE/lib/modules/$KERNEL_VERSION"/modules.{order,builtin,builtin.modinfo} \
        "$tree/usr/lib/modules/$KERNEL_VERSION/"
    depmod -b "$tree" "$KERNEL_VERSION"
    # busybox modprobe reads only these two and modules.builtin.
    find "$tree/usr/lib/modules/$KERNEL_VERSION" -maxdepth 1 -type f \
        ! -name modules.dep ! -name modules.alias ! -name modules.builtin -delete
}
