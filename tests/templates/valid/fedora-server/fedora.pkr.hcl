packer {
  required_plugins {
    qemu = {
      version = ">= 1.1.0"
      source  = "github.com/hashicorp/qemu"
    }
  }
}

variable "fedora" {
  type = map(object({
    url = string
    sum = string
  }))
  default = {
    "40" = {
      url = "https://download.fedoraproject.org/pub/fedora/linux/releases/40/Server/x86_64/iso/Fedora-Server-netinst-x86_64-40-1.14.iso"
      sum = "sha256:1b4f163c55aa9b35bb08f3d465534aa68899a4984b8ba8976b1e7b28297b61fe"
    }
    "41" = {
      url = "https://download.fedoraproject.org/pub/fedora/linux/releases/41/Server/x86_64/iso/Fedora-Server-netinst-x86_64-41-1.4.iso"
      sum = "sha256:630c52ba9e7a7f229b026e241ba74b9bc105e60ba5bf7b222693ae0e25f05c97"
    }
  }
}

variable "release" {
  type    = number
  default = 41
}

locals {
  media = var.fedora[var.release]
  name  = "fedora-${var.release}"
}

source "qemu" "fedora" {
  iso_url          = local.media.url
  iso_checksum     = local.media["sum"]
  iso_target_path  = "cache/${local.name}.iso"
  vm_name          = local.name
  output_directory = "out/${local.name}"
  http_directory   = "${path.root}/http"
  boot_command = [
    "<up>e<down><down><end>",
    "<spacebar>inst.ks=http://{{.HTTPIP}}:{{.HTTPPort}}/ks.cfg",
    "<spacebar>net.ifnames=0",
    "<leftCtrlOn>x<leftCtrlOff>"
  ]
  boot_wait        = "5s"
  firmware         = "/usr/share/OVMF/OVMF_CODE.fd"
  disk_interface   = "virtio-scsi"
  disk_size        = "15G"
  cpus             = 2
  memory           = 3072
  headless         = true
  ssh_username     = "fedora"
  ssh_password     = "fedora"
  ssh_timeout      = "45m"
  shutdown_command = "sudo poweroff"
}

build {
  sources = ["source.qemu.fedora"]

  provisioner "shell" {
    inline       = ["sudo dnf upgrade -y"]
    timeout      = "30m"
    pause_after  = "5s"
    valid_exit_codes = [0, 100]
  }

  post-processor "manifest" {
    output     = "out/manifest.json"
    strip_path = true
    strip_time = true
    custom_data = {
      release = "${var.release}"
      source  = local.media.url
      by      = "{{ build `User` }}"
    }
  }
}
