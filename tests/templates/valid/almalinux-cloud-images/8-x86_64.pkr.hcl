# AlmaLinux 8 Generic Cloud, BIOS and UEFI

source "qemu" "almalinux-8-gencloud-x86_64" {
  iso_url            = var.iso_url_8_x86_64
  iso_checksum       = var.iso_checksum_8_x86_64
  shutdown_command   = var.root_shutdown_command
  accelerator        = "kvm"
  http_directory     = var.http_directory
  ssh_username       = var.gencloud_ssh_username
  ssh_password       = var.gencloud_ssh_password
  ssh_timeout        = var.ssh_timeout
  cpus               = var.cpus
  disk_interface     = "virtio-scsi"
  disk_size          = var.gencloud_disk_size
  disk_cache         = "unsafe"
  disk_discard       = "unmap"
  disk_detect_zeroes = "unmap"
  disk_compression   = true
  format             = "qcow2"
  headless           = var.headless
  memory             = var.memory
  net_device         = "virtio-net"
  qemu_binary        = var.qemu_binary
  vm_name            = "almalinux-8-GenericCloud-8.10-x86_64-${formatdate("YYYYMMDD", timestamp())}.qcow2"
  boot_wait          = var.boot_wait
  boot_command       = var.gencloud_boot_command_8_x86_64
}

source "qemu" "almalinux-8-gencloud-uefi-x86_64" {
  iso_url            = var.iso_url_8_x86_64
  iso_checksum       = var.iso_checksum_8_x86_64
  http_directory     = var.http_directory
  shutdown_command   = var.root_shutdown_command
  boot_command       = var.gencloud_boot_command_8_x86_64
  boot_wait          = var.boot_wait
  accelerator        = "kvm"
  firmware           = var.ovmf_code
  use_pflash         = true
  disk_interface     = "virtio-scsi"
  disk_size          = var.gencloud_disk_size
  headless           = var.headless
  machine_type       = "q35"
  memory             = var.memory
  net_device         = "virtio-net"
  cpus               = var.cpus
  vm_name            = "almalinux-8-uefi"
  ssh_username       = var.gencloud_ssh_username
  ssh_password       = var.gencloud_ssh_password
  ssh_timeout        = var.ssh_timeout
  qemuargs = [
    ["-machine", "q35,smm=on,accel=kvm"],
    ["-global", "driver=cfi.pflash01,property=secure,value=on"],
    ["-drive", "file=${var.ovmf_code},if=pflash,unit=0,format=raw,readonly=on"],
    ["-drive", "file=${var.ovmf_vars},if=pflash,unit=1,format=raw"],
    ["-drive", "file=output-almalinux-8-gencloud-uefi-x86_64/almalinux-8-uefi,if=virtio,cache=unsafe,discard=unmap,format=qcow2,detect-zeroes=unmap"],
    ["-drive", "file=alma8.iso,media=cdrom"]
  ]
}

build {
  sources = [
    "source.qemu.almalinux-8-gencloud-x86_64",
    "qemu.almalinux-8-gencloud-uefi-x86_64"
  ]

  provisioner "ansible" {
    user                 = "root"
    use_proxy            = false
    galaxy_file          = "./ansible/requirements.yml"
    galaxy_force_install = true
    collections_path     = "./ansible/collections"
    roles_path           = "./ansible/roles"
    playbook_file        = "./ansible/gencloud.yml"
    extra_arguments      = ["--ssh-extra-args", "-o ControlMaster=no -o ControlPersist=180s"]
    ansible_env_vars     = ["ANSIBLE_PIPELINING=True", "ANSIBLE_REMOTE_TEMP=/tmp", "ANSIBLE_SCP_EXTRA_ARGS=-O"]
    only                 = ["qemu.almalinux-8-gencloud-x86_64"]
  }
}
