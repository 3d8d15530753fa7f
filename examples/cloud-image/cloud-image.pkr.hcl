# Starts from a disk image with cloud-init instead of an ISO. The seed CD tells cloud-init who may
# log in; kiln's temporary key does not need to be known beforehand.

variable "image" {
  description = "A disk image with cloud-init and an SSH server, as iso_fixtures/make-debian-disk makes."
  type        = string
}

variable "output" {
  type    = string
  default = "output-cloud-image"
}

variable "password" {
  type      = string
  default   = "kiln-cloud"
  sensitive = true
}

source "qemu" "cloud" {
  iso_url          = var.image
  iso_checksum     = "none"
  disk_image       = true
  disk_size        = "4G"
  output_directory = var.output
  vm_name          = "cloud.qcow2"
  memory           = 1024
  headless         = true

  cd_label = "cidata"
  cd_content = {
    "meta-data" = "instance-id: kiln\nlocal-hostname: cloud\n"
    "user-data" = <<-EOT
      #cloud-config
      ssh_pwauth: true
      users:
        - name: builder
          sudo: ALL=(ALL) NOPASSWD:ALL
          shell: /bin/bash
          lock_passwd: false
          plain_text_passwd: ${var.password}
    EOT
  }

  ssh_username     = "builder"
  ssh_password     = var.password
  ssh_timeout      = "10m"
  shutdown_command = "sudo systemctl poweroff"
}

build {
  sources = ["source.qemu.cloud"]

  provisioner "shell" {
    execute_command = "chmod +x {{ .Path }}; sudo env {{ .Vars }} {{ .Path }}"
    inline          = ["cloud-init status --wait || true", "echo 'built by kiln' > /etc/motd"]
  }
}
