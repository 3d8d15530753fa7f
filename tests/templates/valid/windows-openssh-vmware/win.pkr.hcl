variable "product_key" {
  type      = string
  default   = ""
  sensitive = true
}

source "vmware-iso" "w11" {
  iso_url              = "iso/Win11_23H2_EnglishInternational_Arm64v2.iso"
  iso_checksum         = "sha256:36de5ecb7a0daa58dce68c03b9465a543ed0f5498aa8ae60ab45fb7c8c4ae402"
  guest_os_type        = "arm-windows11-64"
  version              = 21
  firmware             = "efi-secure"
  cpus                 = 4
  cores                = 2
  memory               = 8192
  disk_size            = 65536
  disk_adapter_type    = "nvme"
  disk_additional_size = [1024]
  vmdk_name            = "system"
  cdrom_adapter_type   = "sata"
  network              = "bridged"
  network_adapter_type = "vmxnet3"
  usb                  = true
  usb_version          = "3.1"
  serial               = "FILE:serial.log"
  parallel             = "none"
  sound                = true
  tools_mode           = "attach"
  tools_source_path    = "files/windows.iso"
  cd_files             = ["files/setup.ps1"]
  cd_content = {
    "autounattend.xml" = "<unattend><key>${var.product_key}</key></unattend>"
  }
  boot_wait              = "2s"
  boot_key_interval      = "50ms"
  boot_command           = ["<enter><wait2s><enter>"]
  communicator           = "ssh"
  ssh_username           = "vagrant"
  ssh_password           = "vagrant"
  ssh_timeout            = "3h"
  ssh_handshake_attempts = 1000
  shutdown_command       = "C:\\Windows\\system32\\shutdown.exe /s /t 0 /f"
  format                 = "vmx"
  vmx_data = {
    "managedvm.autoAddVTPM" = "software"
    "svga.vramSize"         = "134217728"
  }
}

build {
  sources = ["vmware-iso.w11"]

  provisioner "powershell" {
    execute_command = "powershell -executionpolicy bypass \"& { if (Test-Path variable:global:ProgressPreference){set-variable -name variable:global:ProgressPreference -value 'SilentlyContinue'};. {{.Vars}}; &'{{.Path}}'; exit $LastExitCode }\""
    remote_path     = "C:/Windows/Temp/script.ps1"
    inline          = ["Get-ComputerInfo | Select-Object OsName"]
  }

  provisioner "shell" {
    binary          = true
    remote_path     = "C:/Windows/Temp/run.bat"
    execute_command = "{{ .Path }}"
    inline          = ["echo ok"]
    inline_shebang  = ""
  }
}
