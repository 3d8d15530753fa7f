locals {
  iso          = "https://software-static.download.prss.microsoft.com/sg/download/SERVER_EVAL_x64FRE_en-us.iso"
  iso_checksum = "sha256:3e4fa6d8507b554856fc9ca6079cc402df11a8b79344871669f0251535255325"
  index        = var.image_index[var.edition]
  unattend     = { "Autounattend.xml" = templatefile("autounattend.pkrtpl.xml", { index = local.index, password = var.admin }) }
  is_core      = endswith(var.edition, "core")
}

source "qemu" "windows" {
  iso_url              = local.iso
  iso_checksum         = local.iso_checksum
  floppy_content       = local.unattend
  cpus                 = 2
  memory               = 4096
  disk_size            = "60G"
  net_device           = "e1000"
  disk_interface       = "sata"
  communicator         = "winrm"
  winrm_username       = "Administrator"
  winrm_password       = var.admin
  winrm_timeout        = "4h"
  shutdown_command     = "shutdown /s /t 0 /f"
  headless             = true
}

source "vsphere-iso" "windows" {
  vcenter_server      = var.vsphere.server
  username            = var.vsphere.user
  password            = var.vsphere.password
  insecure_connection = var.vsphere.insecure
  datacenter          = var.vsphere.datacenter
  cluster             = var.vsphere.cluster
  datastore           = var.vsphere.datastore
  folder              = "templates"
  vm_name             = "win2022-${var.edition}"
  guest_os_type       = "windows2019srvNext_64Guest"
  firmware            = "efi-secure"
  vm_version          = 19
  CPUs                = 2
  cpu_cores           = 2
  CPU_hot_plug        = true
  RAM                 = 8192
  RAM_hot_plug        = true
  video_ram           = 8192
  vTPM                = true
  disk_controller_type = ["pvscsi"]
  storage {
    disk_size             = 61440
    disk_thin_provisioned = true
  }
  network_adapters {
    network      = var.vsphere.network
    network_card = "vmxnet3"
  }
  usb_controller = ["xhci"]
  iso_url        = local.iso
  iso_checksum   = local.iso_checksum
  iso_paths      = ["[] /vmimages/tools-isoimages/windows.iso"]
  cdrom_type     = "sata"
  cd_content     = local.unattend
  cd_files       = ["./scripts/*"]
  cd_label       = "PROVISION"
  remove_cdrom   = true
  boot_order     = "disk,cdrom"
  boot_wait      = "3s"
  boot_command   = ["<spacebar><spacebar>"]
  ip_wait_timeout   = "40m"
  ip_settle_timeout = "10s"
  shutdown_timeout  = "15m"
  communicator      = "winrm"
  winrm_username    = "Administrator"
  winrm_password    = var.admin
  winrm_port        = "5985"
  shutdown_command  = "shutdown /s /t 10 /f /d p:4:1"
  convert_to_template = true
  notes = <<-EOT
    Built by Packer on ${formatdate("YYYY-MM-DD", timestamp())}
    Edition: ${var.edition}
  EOT
  configuration_parameters = { "devices.hotplug" = "FALSE" }
}

build {
  sources = ["source.qemu.windows", "source.vsphere-iso.windows"]

  provisioner "powershell" {
    environment_vars = ["CORE=${local.is_core}"]
    scripts          = fileset(".", "scripts/*.ps1")
  }

  provisioner "windows-update" {
    pause_before    = "30s"
    search_criteria = "IsInstalled=0"
    filters = [
      "exclude:$_.Title -like '*VMware*'",
      "exclude:$_.InstallationBehavior.CanRequestUserInput",
      "include:$true"
    ]
    restart_timeout = "120m"
  }

  post-processor "manifest" {
    output     = "manifests/${var.edition}.json"
    strip_path = false
    custom_data = {
      edition = var.edition
    }
  }
}
