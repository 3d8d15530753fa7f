# A Debian server for QEMU/KVM, installed by a preseed file that the built-in server hands out.

packer {
  required_version = ">= 1.7.0"
  required_plugins {
    qemu = {
      version = ">= 1.0.9"
      source  = "github.com/hashicorp/qemu"
    }
  }
}

variable "version" {
  type    = string
  default = "12.7.0"
}

variable "iso_checksum" {
  type    = string
  default = "sha256:8fde79cfc6b20a696200fc5c15219cf6d721e8feb367e9e0e33a79d1cb68fa83"
}

variable "cpus" {
  type    = number
  default = 2
}

variable "disk_size" {
  type    = string
  default = "20G"
}

variable "headless" {
  type    = bool
  default = true
}

variable "ssh_password" {
  type      = string
  default   = "packer"
  sensitive = true
}

locals {
  iso_url = "https://cdimage.debian.org/cdimage/archive/${var.version}/amd64/iso-cd/debian-${var.version}-amd64-netinst.iso"
  output  = "output/debian-${split(".", var.version)[0]}"
}

source "qemu" "debian" {
  accelerator      = "kvm"
  boot_command     = [
    "<wait><esc><wait>",
    "install <wait>",
    "preseed/url=http://{{ .HTTPIP }}:{{ .HTTPPort }}/preseed.cfg <wait>",
    "debian-installer=en_US.UTF-8 <wait>",
    "auto <wait>",
    "locale=en_US.UTF-8 <wait>",
    "kbd-chooser/method=us <wait>",
    "keyboard-configuration/xkb-keymap=us <wait>",
    "netcfg/get_hostname={{ .Name }} <wait>",
    "netcfg/get_domain=vagrantup.com <wait>",
    "fb=false <wait>",
    "debconf/frontend=noninteractive <wait>",
    "console-setup/ask_detect=false <wait>",
    "console-keymaps-at/keymap=us <wait>",
    "grub-installer/bootdev=default <wait>",
    "<enter><wait>"
  ]
  boot_wait        = "5s"
  cpus             = var.cpus
  disk_cache       = "none"
  disk_compression = true
  disk_discard     = "unmap"
  disk_interface   = "virtio"
  disk_size        = var.disk_size
  format           = "qcow2"
  headless         = var.headless
  http_directory   = "http"
  iso_checksum     = var.iso_checksum
  iso_url          = local.iso_url
  memory           = 1024 * var.cpus
  net_device       = "virtio-net"
  output_directory = local.output
  shutdown_command = "echo '${var.ssh_password}' | sudo -S /sbin/shutdown -hP now"
  ssh_password     = var.ssh_password
  ssh_port         = 22
  ssh_timeout      = "30m"
  ssh_username     = "packer"
  vm_name          = "debian-${var.version}.qcow2"
}

build {
  sources = ["source.qemu.debian"]

  provisioner "shell" {
    environment_vars  = ["DEBIAN_FRONTEND=noninteractive", "HOME_DIR=/home/packer"]
    execute_command   = "echo '${var.ssh_password}' | {{ .Vars }} sudo -S -E sh -eux '{{ .Path }}'"
    expect_disconnect = true
    scripts = [
      "${path.root}/scripts/update.sh",
      "${path.root}/scripts/sshd.sh",
      "${path.root}/scripts/cleanup.sh",
    ]
  }
}
