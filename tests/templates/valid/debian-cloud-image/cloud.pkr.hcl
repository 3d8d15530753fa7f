// A cloud image as it is published, on an overlay, with a seed on a second CD.

variable "release" {
  default = "bookworm"
}

variable "sha512" {
  default = "sha512:0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9"
}

variables {
  user       = "debian"
  extra_disk = "5G"
}

source "qemu" "cloud" {
  disk_image           = true
  use_backing_file     = true
  skip_compaction      = true
  iso_url              = "https://cloud.debian.org/images/cloud/${var.release}/latest/debian-12-genericcloud-amd64.qcow2"
  iso_checksum         = var.sha512
  iso_target_extension = "qcow2"
  disk_size            = "8G"
  disk_additional_size = [var.extra_disk]
  disk_detect_zeroes   = "unmap"
  disk_discard         = "unmap"
  format               = "qcow2"
  output_directory     = "out-${var.release}"
  vm_name              = "${var.release}.img"

  cd_label = "cidata"
  cd_content = {
    "meta-data" = ""
    "user-data" = <<-YAML
      #cloud-config
      ssh_pwauth: true
      users:
        - name: ${var.user}
          plain_text_passwd: packer
          sudo: "ALL=(ALL) NOPASSWD:ALL"
          shell: /bin/bash
          lock_passwd: false
      growpart:
        mode: auto
        devices: ["/"]
    YAML
    "network-config" = yamlencode({
      version = 2
      ethernets = {
        any = {
          match = { name = "en*" }
          dhcp4 = true
        }
      }
    })
  }

  communicator            = "ssh"
  ssh_username            = var.user
  ssh_password            = "packer"
  ssh_timeout             = "10m"
  pause_before_connecting = "5s"
  headless                = true
  shutdown_command        = "sudo cloud-init clean --logs && sudo shutdown -P now"

  qemu_img_args {
    convert = ["-o", "compat=1.1"]
    create  = ["-o", "lazy_refcounts=on"]
    resize  = []
  }
}

build {
  sources = ["source.qemu.cloud"]

  provisioner "shell" {
    inline = ["/usr/bin/cloud-init status --wait", "sudo apt-get update -q"]
  }
  provisioner "shell" {
    execute_command = "sudo -n {{ .Vars }} bash -x '{{ .Path }}'"
    inline          = ["apt-get install -qy nginx", "systemctl enable nginx"]
  }
  post-processor "shell-local" {
    inline = ["qemu-img info out-${var.release}/${var.release}.img"]
  }
}
