# Installs a small Linux from an ISO, provisions it over SSH, and makes a QCOW2 and an OVA of it.
#
#   iso_fixtures/make-installer-iso installer.iso
#   kiln build -var iso=installer.iso -var iso_checksum=$(sha256sum installer.iso | cut -d' ' -f1) \
#       examples/quickstart

variable "iso" {
  description = "The installer ISO that iso_fixtures/make-installer-iso made."
  type        = string
}

variable "iso_checksum" {
  description = "The ISO's SHA-256."
  type        = string
}

variable "output" {
  description = "Where the results go."
  type        = string
  default     = "output-quickstart"
}

variable "password" {
  description = "The password of root and of the ordinary user."
  type        = string
  default     = "kiln-quickstart"
  sensitive   = true
}

locals {
  hostname = "quickstart"
}

source "qemu" "quickstart" {
  iso_url          = var.iso
  iso_checksum     = var.iso_checksum
  output_directory = "${var.output}/disk"
  vm_name          = "${local.hostname}.qcow2"
  disk_size        = "1G"
  memory           = 512
  headless         = true

  http_content = {
    "/answers.cfg" = <<-EOT
      hostname=${local.hostname}
      user=kiln
      password=${var.password}
    EOT
  }
  # No guessing of times: kiln types when the menu is on the screen.
  boot_command = [
    "<wait \"Press [Tab]\">",
    "<tab> answers=http://{{ .HTTPIP }}:{{ .HTTPPort }}/answers.cfg<enter>",
  ]

  ssh_username     = "root"
  ssh_password     = var.password
  ssh_timeout      = "5m"
  shutdown_command = "poweroff"
}

build {
  sources = ["source.qemu.quickstart"]

  provisioner "shell" {
    inline = [
      "uname -a",
      "echo \"built by kiln\" > /etc/motd",
      "date -u > /etc/built-at",
    ]
  }

  post-processors {
    post-processor "ova" {
      output = "${var.output}/${local.hostname}.ova"
    }
    post-processor "checksum" {
      checksum_types = ["sha256"]
      output         = "${var.output}/${local.hostname}.{{.ChecksumType}}"
    }
    post-processor "manifest" {
      output     = "${var.output}/manifest.json"
      strip_path = true
    }
  }
}
