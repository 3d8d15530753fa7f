# The same installer ISO, booted by UEFI: GRUB's menu, a GPT disk with an EFI system partition.

variable "iso" {
  type = string
}

variable "iso_checksum" {
  type = string
}

variable "output" {
  type    = string
  default = "output-uefi"
}

variable "password" {
  type      = string
  default   = "kiln-uefi"
  sensitive = true
}

source "qemu" "uefi" {
  iso_url          = var.iso
  iso_checksum     = var.iso_checksum
  output_directory = var.output
  vm_name          = "uefi.qcow2"
  disk_size        = "1G"
  memory           = 512
  headless         = true
  efi_boot         = true

  http_content = {
    "/answers.cfg" = "hostname=uefi\npassword=${var.password}\n"
  }
  # GRUB draws its menu in a graphics mode under UEFI, so this waits for time, not for text.
  boot_wait = "15s"
  boot_command = [
    "e<wait><down><down><end> answers=http://{{ .HTTPIP }}:{{ .HTTPPort }}/answers.cfg<f10>",
  ]

  ssh_username     = "root"
  ssh_password     = var.password
  shutdown_command = "poweroff"
}

build {
  sources = ["source.qemu.uefi"]

  provisioner "shell" {
    inline = ["test -d /sys/firmware/efi && echo booted by UEFI"]
  }
}
