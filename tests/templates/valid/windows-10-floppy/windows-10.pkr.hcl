packer {
  required_plugins {
    qemu           = { version = ">= 1.0.0", source = "github.com/hashicorp/qemu" }
    windows-update = { version = "0.16.7", source = "github.com/example/windows-update" }
  }
}

variable "autounattend" {
  type    = string
  default = "./answer_files/Autounattend.xml"
}

variable "iso_url" {
  type    = string
  default = "https://software-static.download.prss.microsoft.com/dbazure/19045.2006.220908-0225.22h2_release_svc_refresh_CLIENTENTERPRISEEVAL_OEMRET_x64FRE_en-us.iso"
}

variable "iso_checksum" {
  type    = string
  default = "sha256:EF7312733A9F5D7D51CFA04AC497671995674CA5E1058D5164D6028F0938D668"
}

variable "virtio_win_iso" {
  default = "./virtio-win.iso"
}

variable "restart_timeout" {
  default = "5m"
}

source "qemu" "windows_10" {
  accelerator      = "kvm"
  boot_wait        = "0s"
  communicator     = "winrm"
  cpus             = "2"
  memory           = "4096"
  disk_size        = "61440"
  disk_interface   = "virtio"
  net_device       = "virtio-net"
  floppy_files     = [
    var.autounattend,
    "./scripts/*.ps1",
    "./scripts/fixnetwork.ps1",
  ]
  format           = "qcow2"
  headless         = true
  iso_checksum     = var.iso_checksum
  iso_url          = var.iso_url
  qemuargs         = [["-drive", "file=windows_10/packer.qcow2,if=virtio,cache=writeback,discard=ignore,format=qcow2,index=1"], ["-drive", "file=${var.iso_url},media=cdrom,index=2"], ["-drive", "file=${var.virtio_win_iso},media=cdrom,index=3"]]
  output_directory = "windows_10-qemu"
  shutdown_command = "shutdown /s /t 10 /f /d p:4:1 /c \"Packer Shutdown\""
  vm_name          = "WindowsWorkstation10"
  winrm_password   = "vagrant"
  winrm_timeout    = "6h"
  winrm_username   = "vagrant"
}

build {
  sources = ["source.qemu.windows_10"]

  provisioner "windows-shell" {
    execute_command = "{{ .Vars }} cmd /c \"{{ .Path }}\""
    remote_path     = "/tmp/script.bat"
    scripts         = ["./scripts/enable-rdp.bat"]
  }

  provisioner "powershell" {
    scripts = ["./scripts/vm-guest-tools.ps1", "./scripts/debloat.ps1"]
  }

  provisioner "windows-restart" {
    restart_timeout = var.restart_timeout
  }

  provisioner "windows-update" {
    search_criteria = "IsInstalled=0"
    filters = [
      "exclude:$_.Title -like '*Preview*'",
      "include:$true",
    ]
    update_limit = 25
  }

  provisioner "windows-restart" {
    check_registry        = true
    restart_check_command = "powershell -command \"& {Write-Output 'restarted.'}\""
  }

  provisioner "powershell" {
    elevated_user     = "vagrant"
    elevated_password = "vagrant"
    inline = [
      "Write-Host \"TESTING $env:COMPUTERNAME\"",
      "Optimize-Volume -DriveLetter C",
    ]
  }

  post-processor "vagrant" {
    keep_input_artifact  = false
    output               = "windows_10_{{ .Provider }}.box"
    vagrantfile_template = "vagrantfile-windows_10.template"
  }
}
