variable "rhsm_user" {
  type      = string
  default   = env("RHSM_USER")
  sensitive = true
}
variable "rhsm_pass" {
  type      = string
  default   = env("RHSM_PASS")
  sensitive = true
}
variable "iso" {
  type    = string
  default = "iso/rhel-9.4-x86_64-dvd.iso"
}
variable "iso_sha" {
  type    = string
  default = "398561d7b66f1a4bf23664f4aa8f2cfbb3641aa2f01a320068e86bd1fc0e9076"
}

source qemu rhel9 {
  iso_url           = var.iso
  iso_checksum      = "sha256:${var.iso_sha}"
  efi_boot          = true
  efi_firmware_code = "/usr/share/edk2/ovmf/OVMF_CODE.secboot.fd"
  efi_firmware_vars = "/usr/share/edk2/ovmf/OVMF_VARS.secboot.fd"
  machine_type      = "q35"
  cpu_model         = "host"
  memory            = 4096
  cpus              = 4
  disk_size         = "40960M"
  floppy_files      = ["ks.cfg"]
  floppy_label      = "OEMDRV"
  boot_wait         = "2s"
  boot_command      = ["<up>e<wait><down><down><end> inst.ks=hd:LABEL=OEMDRV:/ks.cfg inst.text<leftCtrlOn>x<leftCtrlOff>"]
  ssh_username      = "root"
  ssh_password      = "redhat"
  ssh_timeout       = "1h"
  shutdown_command  = "subscription-manager unregister; shutdown -h now"
  output_directory  = "rhel9"
}

build {
  sources = ["source.qemu.rhel9"]

  provisioner "shell" {
    environment_vars = [
      "RHSM_USER=${var.rhsm_user}",
      "RHSM_PASS=${var.rhsm_pass}",
    ]
    inline = [
      "subscription-manager register --username \"$RHSM_USER\" --password \"$RHSM_PASS\" --auto-attach",
      "dnf -y upgrade",
    ]
  }

  error-cleanup-provisioner "shell" {
    inline = ["subscription-manager unregister || true"]
  }
}
