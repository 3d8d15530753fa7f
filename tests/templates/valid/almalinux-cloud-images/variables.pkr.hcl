variables {
  iso_url_8_x86_64      = "https://repo.almalinux.org/almalinux/8/isos/x86_64/AlmaLinux-8.10-x86_64-boot.iso"
  iso_checksum_8_x86_64 = "sha256:f3fa6ac19d0b8ba9c4d4a6a2f3b8c9d0e1f2031425364758697a8b9cadbecfd0"
  iso_url_9_aarch64      = "https://repo.almalinux.org/almalinux/9/isos/aarch64/AlmaLinux-9.4-aarch64-boot.iso"
  iso_checksum_9_aarch64 = "sha256:0a4ac19d0b8ba9c4d4a6a2f3b8c9d0e1f2031425364758697a8b9cadbecfd0f3"
  headless               = true
  boot_wait              = "10s"
  cpus                   = 2
  memory                 = 2048
  post_cpus              = 1
  post_memory            = 1024
  http_directory         = "http"
  ssh_timeout            = "3600s"
  root_shutdown_command  = "/sbin/shutdown -hP now"
  qemu_binary            = ""
  ovmf_code              = "/usr/share/OVMF/OVMF_CODE.secboot.fd"
  ovmf_vars              = "/usr/share/OVMF/OVMF_VARS.secboot.fd"
  aavmf_code             = "/usr/share/AAVMF/AAVMF_CODE.fd"
  gencloud_disk_size     = "10G"
  gencloud_ssh_username  = "root"
  gencloud_ssh_password  = "almalinux"
}

variable "gencloud_boot_command_8_x86_64" {
  description = "Boot command for the BIOS media"

  type = list(string)
  default = [
    "<tab>",
    "inst.text net.ifnames=0 inst.gpt",
    " inst.ks=http://{{ .HTTPIP }}:{{ .HTTPPort }}/almalinux-8.ks",
    "<enter><wait>"
  ]
}

variable "gencloud_boot_command_9_aarch64" {
  type = list(string)
  default = [
    "c<wait>",
    "linux /images/pxeboot/vmlinuz inst.text biosdevname=0 net.ifnames=0",
    " inst.ks=http://{{ .HTTPIP }}:{{ .HTTPPort }}/almalinux-9.ks<enter>",
    "initrd /images/pxeboot/initrd.img<enter>",
    "boot<enter><wait>"
  ]
}
