variable "efi_code" {
  type    = string
  default = "/usr/share/AAVMF/AAVMF_CODE.fd"
}

variable "efi_vars" {
  type    = string
  default = "/usr/share/AAVMF/AAVMF_VARS.fd"
}

variable "accelerator" {
  type        = string
  default     = "tcg"
  description = "kvm on an ARM host, hvf on a Mac with Apple silicon."
  validation {
    condition     = contains(["kvm", "hvf", "tcg"], var.accelerator)
    error_message = "The accelerator must be kvm, hvf or tcg."
  }
}

locals {
  boot_args = join(" ", [
    "auto=true",
    "priority=critical",
    "url=http://{{ .HTTPIP }}:{{ .HTTPPort }}/preseed.cfg",
    "hostname=arm",
    "domain=local",
    "---",
  ])
}

source "qemu" "arm64" {
  qemu_binary  = "qemu-system-aarch64"
  machine_type = "virt"
  cpu_model    = var.accelerator == "tcg" ? "cortex-a72" : "host"
  accelerator  = var.accelerator

  efi_boot          = true
  efi_firmware_code = var.efi_code
  efi_firmware_vars = var.efi_vars
  efi_drop_efivars  = false

  iso_url          = "https://cdimage.debian.org/debian-cd/current/arm64/iso-cd/debian-12.7.0-arm64-netinst.iso"
  iso_checksum     = "sha512:5b7e22c2c4a1c1e7a5f3b9d6e8c0a2f4b6d8e0a1c3e5f7091b2d4f6081a3c5e7f9102b4d6f8091a3c5e7f90b1d3f5a7c9e0b2d4f6a8c0e1f3a5b7c9d1e3f5a7b"
  disk_size        = "16384M"
  disk_interface   = "virtio-scsi"
  cdrom_interface  = "virtio-scsi"
  memory           = 2048
  cores            = 2
  sockets          = 1
  threads          = 1
  vga              = "none"
  display          = "none"
  net_device       = "virtio-net-pci"
  headless         = true
  http_directory   = "${path.root}/http"
  http_port_min    = 8100
  http_port_max    = 8200
  vnc_bind_address = "127.0.0.1"
  vnc_port_min     = 5910
  vnc_port_max     = 5950
  host_port_min    = 2230
  host_port_max    = 2290

  qemuargs = [
    ["-serial", "file:{{ .OutputDir }}/serial.log"],
    ["-device", "qemu-xhci"],
    ["-device", "usb-kbd"],
    ["-device", "virtio-gpu-pci"],
    ["-boot", "strict=off"],
  ]

  boot_wait         = "10s"
  boot_key_interval = "20ms"
  boot_command = [
    "<wait>c<wait>",
    "linux /install.a64/vmlinuz ${local.boot_args}<enter><wait>",
    "initrd /install.a64/initrd.gz<enter><wait>",
    "boot<enter><wait>",
  ]

  ssh_username           = "root"
  ssh_password           = "toor"
  ssh_handshake_attempts = 200
  ssh_timeout            = "2h"
  shutdown_command       = "poweroff"
  shutdown_timeout       = "10m"
}

build {
  name    = "debian"
  sources = ["qemu.arm64"]

  provisioner "shell" {
    inline_shebang = "/bin/bash -e"
    inline = [
      "uname -m",
      "apt-get install -y --no-install-recommends cloud-init cloud-guest-utils",
    ]
    env = {
      DEBIAN_FRONTEND = "noninteractive"
    }
  }
}
