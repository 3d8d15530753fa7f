distro              = "almalinux"
release           = "9.4"
arch              = "aarch64"
iso_url              = "https://repo.almalinux.org/almalinux/9/isos/aarch64/AlmaLinux-9-latest-aarch64-boot.iso"
iso_checksum         = "sha256:0a4ac19d0b8ba9c4d4a6a2f3b8c9d0e1f2031425364758697a8b9cadbecfd0f3"
vmware_guest_os_type = "arm-rhel9-64"
boot_wait            = "1s"
boot_command         = ["<wait><up>e<wait><down><down><end><wait> inst.text inst.ks=http://{{ .HTTPIP }}:{{ .HTTPPort }}/rhel/ks.cfg <enter><wait>"]
