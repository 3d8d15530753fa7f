variable "channel" {
  type    = string
  default = "stable"
  validation {
    condition     = contains(["alpha", "beta", "stable", "lts"], var.channel)
    error_message = "Flatcar has the channels alpha, beta, stable and lts."
  }
  validation {
    condition     = length(var.channel) < 10
    error_message = "Too long?"
  }
}

locals {
  ignition = {
    ignition = { version = "3.3.0" }
    passwd = {
      users = [
        {
          name              = "core"
          sshAuthorizedKeys = [for f in fileset(path.root, "keys/*.pub") : trimspace(file("${path.root}/${f}"))]
        }
      ]
    }
    storage = {
      files = [
        {
          path     = "/etc/hostname"
          mode     = parseint("0644", 8)
          contents = { source = "data:,flatcar" }
        }
      ]
    }
  }
}

source "qemu" "flatcar" {
  iso_url                   = "https://${var.channel}.release.flatcar-linux.net/amd64-usr/current/flatcar_production_qemu_image.img.bz2"
  iso_checksum              = "none"
  disk_image                = true
  disk_size                 = "20g"
  http_content              = { "/config.ign" = jsonencode(local.ignition) }
  qemuargs = [
    ["-fw_cfg", "name=opt/org.flatcar-linux/config,string=${replace(jsonencode(local.ignition), ",", ",,")}"],
    ["-object", "rng-random,filename=/dev/urandom,id=rng0"],
    ["-device", "virtio-rng-pci,rng=rng0"],
    ["-nographic"],
    ["-monitor", "none"],
  ]
  ssh_username              = "core"
  ssh_agent_auth            = true
  ssh_disable_agent_forwarding = true
  ssh_timeout               = "10m"
  shutdown_command          = "sudo poweroff"
}

build {
  sources = ["qemu.flatcar"]
  provisioner "shell" {
    inline = ["sudo systemctl mask update-engine", "cat /etc/os-release"]
  }
}
