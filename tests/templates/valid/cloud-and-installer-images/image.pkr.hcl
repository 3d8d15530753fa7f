locals {
  machine = {
    "amd64" = "pc,accel=kvm"
    "arm64" = "virt"
  }
  firmware = {
    "amd64" = "OVMF"
    "arm64" = "AAVMF"
  }
  proxies = [
    "http_proxy=${var.proxy}",
    "https_proxy=${var.proxy}",
  ]
  base_args = [
    ["-machine", "${lookup(local.machine, var.arch, "")}"],
    ["-drive", "if=pflash,format=raw,id=code,readonly=on,file=/usr/share/${lookup(local.firmware, var.arch, "")}/${lookup(local.firmware, var.arch, "")}_CODE.fd"],
    ["-drive", "file=output-image/packer-image,format=qcow2"],
    ["-usb"],
    ["-cdrom", "${var.iso}"],
    ["-boot", "d"]
  ]
  tpm_args = [
    ["-chardev", "socket,id=chrtpm,path=/tmp/swtpm/sock"],
    ["-tpmdev", "emulator,id=tpm0,chardev=chrtpm"],
    ["-device", "tpm-tis,tpmdev=tpm0"]
  ]
}

source "null" "dependencies" {
  communicator = "none"
}

source "qemu" "image" {
  boot_wait      = "2s"
  cpus           = "2"
  disk_image     = "${var.from_disk}"
  disk_size      = "4G"
  format         = "qcow2"
  headless       = true
  http_directory = "http"
  iso_checksum   = "file:https://cloud-images.example.org/current/SHA256SUMS"
  iso_url        = "https://cloud-images.example.org/current/server-${var.arch}.img"
  memory         = "2048"
  qemu_binary    = "qemu-system-${lookup({ "amd64" = "x86_64", "arm64" = "aarch64" }, var.arch, "")}"
  qemu_img_args {
    create = ["-F", "qcow2"]
  }
  qemuargs               = concat(local.base_args, (var.tpm == "yes" ? local.tpm_args : []))
  shutdown_command       = "sudo -S shutdown -P now"
  ssh_handshake_attempts = 500
  ssh_password           = "ubuntu"
  ssh_timeout            = "45m"
  ssh_username           = "root"
  use_backing_file       = true
}

# An installer that powers off by itself: nobody logs in.
source "qemu" "installer" {
  boot_command     = ["<leftShift>O", " ks=usb://ks.cfg", " com1_Port=0x3f8", "<enter>"]
  communicator     = "none"
  disk_interface   = "sata"
  floppy_files     = ["./http/answers.xml"]
  floppy_label     = "flop"
  format           = "raw"
  headless         = "true"
  iso_checksum     = "none"
  iso_url          = coalesce(var.iso, "installer.iso")
  machine_type     = "q35"
  net_device       = "vmxnet3"
  shutdown_timeout = "1h"
  vnc_bind_address = "0.0.0.0"
}

build {
  name    = "image.deps"
  sources = ["source.null.dependencies"]

  provisioner "shell-local" {
    inline = [
      "cp /usr/share/${lookup(local.firmware, var.arch, "")}/VARS.fd VARS.fd",
      "cloud-localds seeds.iso user-data meta-data"
    ]
    inline_shebang = "/bin/bash -e"
  }
}

build {
  name    = "image.disk"
  sources = ["source.qemu.image", "source.qemu.installer"]

  provisioner "shell" {
    environment_vars  = concat(local.proxies, ["DEBIAN_FRONTEND=noninteractive"])
    expect_disconnect = true
    scripts           = ["${path.root}/scripts/setup.sh", var.customize]
    only              = ["qemu.image"]
  }

  provisioner "file" {
    destination = "/tmp/"
    sources     = ["${path.root}/scripts/hooks"]
    only        = ["qemu.image"]
  }

  post-processor "shell-local" {
    inline = [
      "mount -t ntfs $${nbd}p1 /mnt",
      "OUTPUT=${var.arch}.tar.gz",
    ]
    inline_shebang = "/bin/bash -e"
  }

  post-processor "compress" {
    output = "image.dd.gz"
    only   = ["qemu.installer"]
  }
}
