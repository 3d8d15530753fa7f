variable "iso_checksum" {
  description = "A ISO SHA256 checksum"
  default     = "d6c3c3e0f8a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b"
}
variable "builder" {
  description = "builder"
  default     = "qemu.qemu"
}
variable "swap_size" { default = "0" }
variable "graphical" {
  default = false
}

source "qemu" "qemu" {
  boot_command = [
    "echo http://{{ .HTTPIP}}:{{ .HTTPPort}} > .packer_http<enter>",
    "mkdir -m 0700 .ssh<enter>",
    "curl $(cat .packer_http)/install_ed25519.pub > .ssh/authorized_keys<enter>",
    "sudo systemctl start sshd<enter>"
  ]
  boot_wait            = "40s"
  disk_interface       = "virtio-scsi"
  disk_size            = "20480"
  format               = "qcow2"
  headless             = true
  http_directory       = "scripts"
  iso_checksum         = var.iso_checksum
  iso_url              = "https://channels.nixos.org/nixos-24.05/latest-nixos-minimal-x86_64-linux.iso"
  qemuargs             = [["-m", "1536"]]
  shutdown_command     = "sudo shutdown -h now"
  ssh_port             = 22
  ssh_username         = "nixos"
  temporary_key_pair_type = "ecdsa"
  temporary_key_pair_bits = 256
}

build {
  sources = ["source.qemu.qemu"]

  provisioner "shell" {
    execute_command = "sudo su -c '{{ .Vars }} {{.Path}}'"
    script          = "./scripts/install.sh"
    environment_vars = [
      "SWAP=${var.swap_size}",
      "GRAPHICAL=${var.graphical}",
    ]
  }

  post-processors {
    post-processor "vagrant" {
      keep_input_artifact = false
      only                = ["qemu.qemu"]
      output              = "nixos-${regex("24\\.05", "nixos-24.05")}-${var.builder}.box"
    }
  }
}
