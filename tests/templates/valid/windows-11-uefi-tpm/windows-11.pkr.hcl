variable "winrm_password" {
  type      = string
  sensitive = true
  default   = "P@ssw0rd!"
}

locals {
  computer_name = upper(substr("win11-${replace(uuidv4(), "-", "")}", 0, 15))
}

source "qemu" "win11" {
  iso_url      = "file:///srv/isos/Win11_23H2_English_x64v2.iso"
  iso_checksum = "36DE5ECB7A0DAA58DCE68C03B9465A543ED0F5498AA8AE60AB45FB7C8C4AE402"

  machine_type      = "q35"
  accelerator       = "kvm"
  cpu_model         = "host"
  cpus              = 4
  cores             = 4
  memory            = 8192
  efi_boot          = true
  efi_firmware_code = "/usr/share/OVMF/OVMF_CODE_4M.ms.fd"
  efi_firmware_vars = "/usr/share/OVMF/OVMF_VARS_4M.ms.fd"
  vtpm              = true

  cd_label = "provision"
  cd_files = ["cd/*", "scripts"]
  cd_content = {
    "autounattend.xml" = templatefile("${path.root}/autounattend.xml.pkrtpl", {
      name     = local.computer_name
      password = var.winrm_password
    })
    "meta/hostname.txt" = local.computer_name
  }

  disk_size       = "64G"
  disk_interface  = "ide"
  disk_cache      = "unsafe"
  cdrom_interface = "ide"
  net_device      = "e1000e"
  vga             = "std"
  headless        = true

  boot_wait    = "1s"
  boot_command = ["<enter><wait><enter><wait><enter><wait><enter>"]

  communicator     = "winrm"
  winrm_username   = "Administrator"
  winrm_password   = var.winrm_password
  winrm_use_ssl    = true
  winrm_insecure   = true
  winrm_use_ntlm   = true
  winrm_timeout    = "4h"
  shutdown_command = "C:/Windows/System32/Sysprep/sysprep.exe /generalize /oobe /shutdown /quiet"
  shutdown_timeout = "30m"
}

build {
  sources = ["source.qemu.win11"]

  provisioner "powershell" {
    execution_policy = "unrestricted"
    environment_vars = ["STAGE=1", "NAME=${local.computer_name}"]
    script           = "scripts/setup.ps1"
    valid_exit_codes = [0, 3010]
  }
  provisioner "windows-restart" {}
  provisioner "file" {
    source      = "scripts/"
    destination = "C:\\Windows\\Temp\\scripts\\"
  }
  provisioner "powershell" {
    use_pwsh          = false
    elevated_user     = "SYSTEM"
    elevated_password = ""
    debug_mode        = 1
    inline            = ["cipher /w:C"]
  }
}
