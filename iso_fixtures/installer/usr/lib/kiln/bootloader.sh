# The boot loader of the installed disk: extlinux and an MBR on BIOS, GRUB in the ESP on UEFI.

install_bootloader() {
    cp /medium/boot/vmlinuz /medium/boot/initramfs /target/boot/ || fail "boot loader: cannot copy the kernel"
    cmdline="root=UUID=$root_uuid quiet no_timer_check console=ttyS0,115200 console=tty0"
    cmdline="$cmdline${answer_extra_cmdline:+ $answer_extra_cmdline}"
    if is_uefi; then
        install_grub
    else
        install_extlinux
    fi
    say "boot loader installed"
}

install_grub() {
    mkdir -p /target/boot/efi/EFI/BOOT
    cp /medium/EFI/BOOT/BOOTX64.EFI /target/boot/efi/EFI/BOOT/ || fail "boot loader: cannot copy GRUB"
    cat >/target/boot/efi/EFI/BOOT/grub.cfg <<END
search --no-floppy --set=root --hint=hd0,gpt2 --fs-uuid $root_uuid
terminal_output console
set timeout=0
menuentry "kiln fixture" {
    linux /boot/vmlinuz $cmdline
    initrd /boot/initramfs
}
END
}

install_extlinux() {
    local log=/tmp/extlinux.log
    mkdir -p /target/boot/extlinux
    cat >/target/boot/extlinux/extlinux.conf <<END
DEFAULT disk
PROMPT 0
LABEL disk
    LINUX /boot/vmlinuz
    INITRD /boot/initramfs
    APPEND $cmdline
END
    extlinux --install /target/boot/extlinux >$log 2>&1 || fail "boot loader: extlinux: $(cat $log)"
    dd if=/usr/lib/kiln/mbr.bin of="$target_disk" bs=440 count=1 conv=notrunc 2>/dev/null ||
        fail "boot loader: cannot write the MBR of $target_disk"
}
