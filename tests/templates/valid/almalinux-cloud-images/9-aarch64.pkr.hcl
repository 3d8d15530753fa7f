source "qemu" "almalinux-9-gencloud-aarch64" {
  iso_url          = var.iso_url_9_aarch64
  iso_checksum     = var.iso_checksum_9_aarch64
  http_directory   = var.http_directory
  shutdown_command = var.root_shutdown_command
  boot_command     = var.gencloud_boot_command_9_aarch64
  boot_wait        = var.boot_wait
  accelerator      = "kvm"
  firmware         = var.aavmf_code
  use_pflash       = false
  machine_type     = "virt,gic-version=max"
  cpu_model        = "host"
  disk_interface   = "virtio-scsi"
  disk_size        = var.gencloud_disk_size
  qemu_binary      = "qemu-system-aarch64"
  memory           = var.memory
  cpus             = var.cpus
  ssh_username     = var.gencloud_ssh_username
  ssh_password     = var.gencloud_ssh_password
  ssh_timeout      = var.ssh_timeout
  headless         = var.headless
  qemuargs = [
    ["-boot", "strict=on"],
    ["-monitor", "none"],
  ]
}

build {
  sources = ["qemu.almalinux-9-gencloud-aarch64"]

  provisioner "shell" {
    inline = ["sleep 5", "dnf clean all"]
  }
}
