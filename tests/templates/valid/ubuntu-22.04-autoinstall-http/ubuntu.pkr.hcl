packer {
  required_plugins {
    qemu    = { version = "~> 1", source = "github.com/hashicorp/qemu" }
    vagrant = { version = "~> 1", source = "github.com/hashicorp/vagrant" }
  }
}

variable "iso_urls" {
  type = list(string)
  default = [
    "isos/ubuntu-22.04.5-live-server-amd64.iso",
    "https://releases.ubuntu.com/22.04/ubuntu-22.04.5-live-server-amd64.iso",
  ]
}

variable "ssh_username" {
  type    = string
  default = env("PACKER_SSH_USER")
}

locals {
  user    = coalesce(var.ssh_username, "vagrant")
  stamp   = formatdate("YYYYMMDD'T'hhmm", timestamp())
  version = "22.04.${local.stamp}"
}

source "qemu" "ubuntu" {
  iso_urls     = var.iso_urls
  iso_checksum = "sha256:9bc6028870aef3f74f4e16b900008179e78b130e6b0b9a140635434a46aa98b0"

  boot_wait = "3s"
  boot_command = [
    "<spacebar><wait><spacebar><wait><spacebar><wait><spacebar><wait><spacebar><wait>",
    "e<wait>",
    "<down><down><down><end>",
    " autoinstall ds=nocloud-net\\;s=http://{{ .HTTPIP }}:{{ .HTTPPort }}/",
    "<f10>",
  ]
  http_directory = "http"

  cpus             = 2
  memory           = 4096
  disk_size        = "65536"
  disk_interface   = "virtio"
  net_device       = "virtio-net"
  accelerator      = "kvm"
  machine_type     = "q35"
  cpu_model        = "host"
  headless         = true
  output_directory = "build"
  vm_name          = "ubuntu"

  ssh_username           = local.user
  ssh_password           = local.user
  ssh_handshake_attempts = "100"
  ssh_timeout            = "1h30m"
  ssh_pty                = true
  shutdown_command       = "echo '${local.user}' | sudo -S shutdown -P now"
}

build {
  sources = ["source.qemu.ubuntu"]

  provisioner "shell" {
    script          = "${path.root}/scripts/vagrant.sh"
    execute_command = "echo '${local.user}' | {{.Vars}} sudo -S -E bash '{{.Path}}'"
    env = {
      HOME_DIR = "/home/${local.user}"
      STAMP    = local.stamp
    }
  }

  post-processors {
    post-processor "vagrant" {
      compression_level   = 9
      output              = "boxes/ubuntu-${local.version}.{{.Provider}}.box"
      keep_input_artifact = false
    }
    post-processor "checksum" {
      checksum_types = ["sha256", "sha512"]
      output         = "boxes/{{.BuildName}}_{{.ChecksumType}}.sum"
    }
  }
}
