data "host-info" "this" {}

locals {
  host_os   = data.host-info.this.os_type
  host_cpus = data.host-info.this.cpus
  qemu_accelerator = var.qemu_accelerator == null ? (
    local.host_os == "darwin" ? "hvf" : (
      local.host_os == "windows" ? "whpx" : "kvm"
    )
  ) : var.qemu_accelerator
  qemu_binary       = "qemu-system-${var.os_arch}"
  qemu_machine_type = var.qemu_machine_type == null ? (var.os_arch == "aarch64" ? "virt" : "q35") : var.qemu_machine_type
  qemuargs = var.qemuargs == null ? (
    var.is_windows ? [
      ["-drive", "file=${path.root}/win_answer_files/virtio-win.iso,media=cdrom,index=3"],
      ["-drive", "file=${var.os_name}-${var.os_version}-${var.os_arch},if=virtio,cache=writeback,discard=ignore,format=qcow2,index=1"],
      ] : (
      var.os_arch == "aarch64" ? [
        ["-boot", "strict=off"]
      ] : null
    )
  ) : var.qemuargs
  memory         = var.memory == null ? (var.is_windows || var.os_name == "macos" ? 4096 : 3072) : var.memory
  communicator   = var.is_windows ? "winrm" : "ssh"
  http_directory = var.http_directory == null ? "${path.root}/http" : var.http_directory
  shutdown_command = var.is_windows ? "shutdown /s /t 10 /f /d p:4:1 /c \"Packer Shutdown\"" : (
    var.os_name == "freebsd" ? "echo 'vagrant' | su -m root -c 'shutdown -p now'" : "echo 'vagrant' | sudo -S /sbin/halt -h -p"
  )
  output_directory = "${path.root}/../builds/packer-${var.os_name}-${var.os_version}-${var.os_arch}"
  vm_name          = var.vm_name == null ? "${var.os_name}-${var.os_version}-${var.os_arch}" : var.vm_name
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
  # QEMU specific options
  accelerator       = local.qemu_accelerator
  display           = var.qemu_display
  efi_boot          = var.qemu_efi_boot
  machine_type      = local.qemu_machine_type
  qemu_binary       = local.qemu_binary
  qemuargs          = local.qemuargs
  use_default_display = false
  # Source block common options
  boot_command     = var.boot_command
  boot_wait        = var.boot_wait
  communicator     = local.communicator
  cpus             = var.cpus
  disk_size        = var.disk_size
  floppy_files     = var.floppy_files
  headless         = true
  http_directory   = local.http_directory
  iso_checksum     = var.iso_checksum
  iso_url          = var.iso_url
  memory           = local.memory
  output_directory = "${local.output_directory}-qemu"
  shutdown_command = local.shutdown_command
  shutdown_timeout = "15m"
  ssh_password     = "vagrant"
  ssh_port         = 22
  ssh_timeout      = var.ssh_timeout == null ? "15m" : var.ssh_timeout
  ssh_username     = "vagrant"
  winrm_password   = "vagrant"
  winrm_timeout    = "60m"
  winrm_username   = "vagrant"
  vm_name          = local.vm_name
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
  # Source block common options
  boot_command     = var.boot_command
  boot_wait        = var.boot_wait
  communicator     = local.communicator
  cpus             = var.cpus
  disk_size        = var.disk_size
  floppy_files     = var.floppy_files
  headless         = true
  http_directory   = local.http_directory
  iso_checksum     = var.iso_checksum
  iso_url          = var.iso_url
  memory           = local.memory
  output_directory = "${local.output_directory}-vmware"
  shutdown_command = local.shutdown_command
  ssh_password     = "vagrant"
  ssh_username     = "vagrant"
  ssh_timeout      = "15m"
  vm_name          = local.vm_name
}
