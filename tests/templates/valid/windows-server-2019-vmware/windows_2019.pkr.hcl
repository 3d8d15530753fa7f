packer {
  required_plugins {
    vmware = {
      version = ">= 1.0.0"
      source  = "github.com/hashicorp/vmware"
    }
    vagrant = {
      version = ">= 1.1.0"
      source  = "github.com/hashicorp/vagrant"
    }
  }
}

variable "autounattend" {
  type    = string
  default = "./answer_files/2019/Autounattend.xml"
}
variable "disk_size" {
  type    = string
  default = "61440"
}
variable "disk_type_id" {
  type    = string
  default = "1"
}
variable "headless" {
  type    = string
  default = "false"
}
variable "memory" {
  type    = string
  default = "2048"
}
variable "vhv_enable" {
  type    = string
  default = "false"
}
variable "winrm_timeout" {
  type    = string
  default = "6h"
}

source "vmware-iso" "windows_2019" {
  boot_command         = [""]
  boot_wait            = "6m"
  communicator         = "winrm"
  cpus                 = 2
  disk_adapter_type    = "lsisas1068"
  disk_size            = var.disk_size
  disk_type_id         = var.disk_type_id
  floppy_files         = [var.autounattend, "./floppy/WindowsPowershell.lnk", "./floppy/disable-winrm.ps1"]
  floppy_dirs          = ["./answer_files"]
  guest_os_type        = "windows9srv-64"
  headless             = var.headless
  iso_checksum         = "549bca46c055157291be6c22a3aaaed8330e78ef4382c99ee82c896426a1cee1"
  iso_url              = "https://software-download.microsoft.com/download/pr/17763.737.190906-2324.rs5_release_svc_refresh_SERVER_EVAL_x64FRE_en-us_1.iso"
  memory               = var.memory
  network_adapter_type = "e1000e"
  shutdown_command     = "shutdown /s /t 10 /f /d p:4:1 /c \"Packer Shutdown\""
  version              = 19
  vm_name              = "WindowsServer2019"
  vmx_data = {
    "RemoteDisplay.vnc.enabled" = "false"
    "RemoteDisplay.vnc.port"    = "5900"
    "virtualHW.version"         = "19"
  }
  vmx_remove_ethernet_interfaces = true
  vnc_port_max                   = 5980
  vnc_port_min                   = 5900
  winrm_password                 = "vagrant"
  winrm_timeout                  = var.winrm_timeout
  winrm_username                 = "vagrant"
  vhv_enabled                    = convert(var.vhv_enable, bool)
  sound                          = false
  usb                            = true
  skip_compaction                = true
}

build {
  sources = ["source.vmware-iso.windows_2019"]

  provisioner "powershell" {
    inline = [
      "Install-WindowsFeature -Name Web-Server -IncludeManagementTools",
      "Set-Service -Name wuauserv -StartupType Disabled",
    ]
    elevated_user     = "vagrant"
    elevated_password = "vagrant"
    remote_path       = "C:/Windows/Temp/features.ps1"
    skip_clean        = true
  }

  provisioner "windows-restart" {
    restart_command = "shutdown /r /f /t 5 /c \"reboot after features\""
    restart_timeout = "15m"
    registry_keys   = ["HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\WindowsUpdate\\Auto Update\\RebootRequired"]
    check_registry  = true
  }

  post-processors {
    post-processor "vagrant" {
      output               = "windows_2019_vmware.box"
      vagrantfile_template = "vagrantfile-windows.template"
      keep_input_artifact  = false
    }
  }
}
