# shellcheck shell=bash
# What the Debian disk holds beyond the essential packages.
DISK_PACKAGES=(
    linux-image-amd64 initramfs-tools grub2-common grub-pc-bin    # boots, and can rewrite its own boot menu
    systemd systemd-sysv systemd-resolved udev dbus               # services, DHCP and DNS
    cloud-init cloud-guest-utils e2fsprogs fdisk                  # first boot: people, keys, growing the root
    openssh-server sudo                                           # what a builder logs in with
    iproute2 netbase ca-certificates python3                      # what provisioners expect to find
)

# Driver trees that no machine kind of kiln has; they are two thirds of the kernel package.
DISK_UNWANTED=(
    '/lib/modules/*/kernel/drivers/gpu/*' '/lib/modules/*/kernel/drivers/media/*'
    '/lib/modules/*/kernel/drivers/staging/*' '/lib/modules/*/kernel/drivers/net/wireless/*'
    '/lib/modules/*/kernel/drivers/infiniband/*' '/lib/modules/*/kernel/sound/*'
    '/usr/share/doc/*' '/usr/share/man/*' '/usr/share/info/*' '/usr/share/locale/*'
)
