data "host-info" "this" {}

locals {
  accelerators = { darwin = "hvf", windows = "whpx", linux = "kvm" }
  host_cpus    = data.host-info.this.cpus
  accelerator  = coalesce(var.qemu_accelerator, lookup(local.accelerators, data.host-info.this.os_type, "tcg"))
  machine_type = var.qemu_machine_type != null ? var.qemu_machine_type : (var.arch == "aarch64" ? "virt" : "q35")
  guest_drives = [
    ["-drive", "file=${path.root}/drivers.iso,media=cdrom,index=3"],
    ["-drive", "file=${var.distro}-${var.release},if=virtio,cache=writeback,discard=ignore,format=qcow2,index=1"],
  ]
  qemuargs = var.qemuargs != null ? var.qemuargs : (
    var.windows ? local.guest_drives : (
      var.arch == "aarch64" ? [["-boot", "strict=off"]] : null
    )
  )
  memory       = var.memory == null ? (var.windows ? 4096 : 2048) : var.memory
  communicator = var.windows ? "winrm" : "ssh"
  http         = coalesce(var.http_directory, "${path.root}/http")
  halt = {
    windows = "shutdown /s /t 10 /f"
    freebsd = "echo vagrant | su -m root -c 'shutdown -p now'"
  }
  shutdown_command = lookup(local.halt, var.windows ? "windows" : var.distro, "echo vagrant | sudo -S poweroff")
  output_directory = "${path.root}/../out/${var.distro}-${var.release}-${var.arch}"
  vm_name          = var.vm_name == null ? "${var.distro}-${var.release}-${var.arch}" : var.vm_name
}

source "parallels-iso" "vm" {
  guest_os_type          = "debian"
  parallels_tools_flavor = "lin"
  boot_command           = var.boot_command
  iso_url                = var.iso_url
  ssh_username           = "vagrant"
}

source "virtualbox-iso" "vm" {
  gfx_controller = "vboxsvga"
  guest_os_type  = "Debian_64"
  vboxmanage     = [["modifyvm", "{{.Name}}", "--audio", "none"]]
  iso_url        = var.iso_url
  ssh_username   = "vagrant"
}

source "qemu" "vm" {
  accelerator         = local.accelerator
  display             = var.qemu_display
  efi_boot            = var.qemu_efi_boot
  machine_type        = local.machine_type
  qemu_binary         = "qemu-system-${var.arch}"
  qemuargs            = local.qemuargs
  use_default_display = false
  boot_command        = var.boot_command
  boot_wait           = var.boot_wait
  communicator        = local.communicator
  cpus                = var.cpus
  disk_size           = var.disk_size
  floppy_files        = var.floppy_files
  headless            = true
  http_directory      = local.http
  iso_checksum        = var.iso_checksum
  iso_url             = var.iso_url
  memory              = local.memory
  output_directory    = "${local.output_directory}-qemu"
  shutdown_command    = local.shutdown_command
  shutdown_timeout    = "15m"
  ssh_password        = "vagrant"
  ssh_port            = 22
  ssh_timeout         = var.ssh_timeout == null ? "15m" : var.ssh_timeout
  ssh_username        = "vagrant"
  winrm_password      = "vagrant"
  winrm_timeout       = "60m"
  winrm_username      = "vagrant"
  vm_name             = local.vm_name
}

source "vmware-iso" "vm" {
  guest_os_type                  = var.vmware_guest_os_type
  disk_adapter_type              = "sata"
  cdrom_adapter_type             = "sata"
  network                        = "nat"
  network_adapter_type           = "e1000e"
  version                        = 21
  vmx_data                       = var.vmware_vmx_data
  vmx_remove_ethernet_interfaces = true
  vnc_disable_password           = true
  usb                            = true
  boot_command                   = var.boot_command
  boot_wait                      = var.boot_wait
  communicator                   = local.communicator
  cpus                           = var.cpus
  disk_size                      = var.disk_size
  floppy_files                   = var.floppy_files
  headless                       = true
  http_directory                 = local.http
  iso_checksum                   = var.iso_checksum
  iso_url                        = var.iso_url
  memory                         = local.memory
  output_directory               = "${local.output_directory}-vmware"
  shutdown_command               = local.shutdown_command
  ssh_password                   = "vagrant"
  ssh_username                   = "vagrant"
  ssh_timeout                    = "15m"
  vm_name                        = local.vm_name
}
