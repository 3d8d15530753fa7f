packer {
  required_plugins {
    sshkey = {
      version = ">= 1.0.1"
      source  = "github.com/example/sshkey"
    }
    libvirt = {
      version = ">= 0.5.0"
      source  = "github.com/example/libvirt"
    }
  }
}

variable "libvirt_uri" {
  type    = string
  default = "qemu:///system"
}

source "libvirt" "example" {
  libvirt_uri = var.libvirt_uri
  domain_name = "packer-example"
  vcpu        = 2
  memory      = 1024
  cpu_mode    = "host-passthrough"
  chipset     = "q35"
  arch        = "x86_64"

  loader_path    = "/usr/share/OVMF/OVMF_CODE_4M.fd"
  loader_type    = "pflash"
  nvram_template = "/usr/share/OVMF/OVMF_VARS_4M.fd"

  network_interface {
    type    = "managed"
    network = "default"
    alias   = "communicator"
  }
  network_interface {
    type   = "bridge"
    bridge = "br0"
    model  = "e1000e"
  }

  communicator {
    communicator         = "ssh"
    ssh_username         = "ubuntu"
    ssh_password         = "ubuntu"
    ssh_timeout          = "10m"
  }
  network_address_source = "lease"

  volume {
    alias      = "artifact"
    pool       = "base-images"
    name       = "jammy-built"
    capacity   = "10G"
    bus        = "sata"
    format     = "qcow2"
    source {
      type     = "external"
      urls     = ["https://cloud-images.ubuntu.com/releases/22.04/release/ubuntu-22.04-server-cloudimg-amd64.img"]
      checksum = "sha256:7b5cc1f7a2ce4c6b9b5c9ac8d2b1b1a4b1c8c8a0a7de7a9b1b3d1b5c6e3f2a11"
    }
  }
  volume {
    pool = "default"
    bus  = "sata"
    source {
      type      = "cloud-init"
      meta_data = jsonencode({ "instance-id" = "packer" })
      user_data = format("#cloud-config\n%s", jsonencode({
        packages   = ["qemu-guest-agent"]
        ssh_pwauth = true
        users      = [{ name = "ubuntu", plain_text_passwd = "ubuntu", lock_passwd = false }]
      }))
    }
  }
  volume {
    size   = "2GiB"
    bus    = "virtio"
    pool   = "default"
    source {
      type   = "backing-store"
      pool   = "default"
      volume = "data"
    }
  }

  graphics {
    type = "vnc"
  }

  boot_devices     = ["hd", "cdrom"]
  shutdown_mode    = "acpi"
  shutdown_timeout = "2m"
}

build {
  sources = ["source.libvirt.example"]
  provisioner "shell" {
    inline = ["echo The domain has started and became accessible"]
  }
}
