variable "iso_url" {
  type    = string
  default = "https://geo.mirror.pkgbuild.com/iso/latest/archlinux-x86_64.iso"
}

variable "iso_checksum" {
  type    = string
  default = "398dceea2d04767fbb8b61a9e824f2c8f5eacf62b2cb5006fd63321d978d48bc"
}

variable "ssh_timeout" {
  type    = string
  default = "20m"
}

variable "country" {
  type    = string
  default = "US"
}

variable "write_zeros" {
  type    = string
  default = "true"
}

source "qemu" "arch" {
  accelerator            = "kvm"
  boot_command = [
    "<enter><wait10><wait10><wait10><wait10>",
    "/usr/bin/curl -O http://{{ .HTTPIP }}:{{ .HTTPPort }}/enable-ssh.sh<enter><wait5>",
    "/usr/bin/bash ./enable-ssh.sh<enter>"
  ]
  boot_wait              = "5s"
  cpus                   = 1
  disk_interface         = "virtio"
  disk_size              = "20480"
  headless               = true
  http_directory         = "http"
  iso_checksum           = var.iso_checksum
  iso_url                = var.iso_url
  memory                 = 768
  net_device             = "virtio-net"
  shutdown_command       = "sudo systemctl start poweroff.timer"
  ssh_handshake_attempts = 20
  ssh_password           = "vagrant"
  ssh_timeout            = var.ssh_timeout
  ssh_username           = "vagrant"
}

source "vmware-iso" "arch" {
  boot_command = [
    "<enter><wait10><wait10><wait10><wait10>",
    "/usr/bin/curl -O http://{{ .HTTPIP }}:{{ .HTTPPort }}/enable-ssh.sh<enter><wait5>",
    "/usr/bin/bash ./enable-ssh.sh<enter>"
  ]
  boot_wait              = "5s"
  disk_size              = "20480"
  guest_os_type          = "other5xlinux-64"
  network_adapter_type   = "e1000"
  http_directory         = "http"
  iso_checksum           = var.iso_checksum
  iso_url                = var.iso_url
  shutdown_command       = "sudo systemctl start poweroff.timer"
  ssh_password           = "vagrant"
  ssh_timeout            = var.ssh_timeout
  ssh_username           = "vagrant"
  vmx_data = {
    memsize             = "768"
    numvcpus            = "1"
    "cpuid.coresPerSocket" = "1"
    "RemoteDisplay.vnc.enabled" = "false"
  }
}

build {
  sources = ["source.qemu.arch", "source.vmware-iso.arch"]

  provisioner "shell" {
    execute_command   = "{{ .Vars }} COUNTRY=${var.country} sudo -E -S bash '{{ .Path }}'"
    expect_disconnect = true
    script            = "scripts/install-base.sh"
  }

  provisioner "shell" {
    execute_command = "{{ .Vars }} WRITE_ZEROS=${var.write_zeros} sudo -E -S bash '{{ .Path }}'"
    script          = "scripts/cleanup.sh"
  }

  post-processor "vagrant" {
    output = "output/packer_arch_{{ .Provider }}-${formatdate("YYYY-MM", timestamp())}.box"
    vagrantfile_template = "vagrantfile.rb"
    include = ["info.json"]
  }
}
