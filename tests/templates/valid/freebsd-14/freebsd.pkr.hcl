variable "branch" { default = "RELEASE" }
variable "revision" { default = "14.1" }
variable "arch" { default = "amd64" }
variable "mirror" { default = "https://download.freebsd.org/releases" }
variable "filesystem" {
  type    = string
  default = "zfs"
  validation {
    condition     = var.filesystem == "ufs" || var.filesystem == "zfs"
    error_message = "FreeBSD is installed on ufs or zfs."
  }
}

locals {
  iso = "FreeBSD-${var.revision}-${var.branch}-${var.arch}-disc1.iso"
  env = merge(
    { PACKAGES = "sudo bash" },
    var.filesystem == "zfs" ? { ZFS_ARGS = "-o compress=lz4" } : {},
  )
}

source "qemu" "freebsd" {
  iso_urls = [
    "./iso/${local.iso}",
    "${var.mirror}/${var.arch}/${var.arch}/ISO-IMAGES/${var.revision}/${local.iso}",
  ]
  iso_checksum = "sha256:5321791bd502c3714850e79743f5a1aedfeb26f37eeed7cb8eb3616d0aebf86b"
  boot_wait    = "5s"
  boot_command = [
    "<esc><wait>",
    "boot -s<wait>",
    "<enter><wait>",
    "<wait10><wait10>",
    "/bin/sh<enter><wait>",
    "mdmfs -s 100m md /tmp<enter><wait>",
    "dhclient -l /tmp/dhclient.lease.vtnet0 vtnet0<enter><wait5>",
    "fetch -o /tmp/installerconfig http://{{ .HTTPIP }}:{{ .HTTPPort }}/installerconfig<enter><wait>",
    "FILESYSTEM=${var.filesystem} && export FILESYSTEM<enter>",
    "bsdinstall script /tmp/installerconfig<enter>",
  ]
  http_directory   = "http"
  cpus             = 1
  memory           = 1024
  disk_size        = "10240M"
  headless         = true
  ssh_username     = "root"
  ssh_password     = "vagrant"
  ssh_port         = 22
  ssh_timeout      = "10000s"
  shutdown_command = "poweroff"
}

build {
  sources = ["qemu.freebsd"]
  provisioner "shell" {
    execute_command  = "chmod +x {{ .Path }}; env {{ .Vars }} {{ .Path }}"
    environment_vars = [for k, v in local.env : "${k}=${v}"]
    scripts          = ["scripts/update.sh", "scripts/cleanup.sh"]
  }
}
