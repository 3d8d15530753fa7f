variable "leap" {
  type    = string
  default = "15.6"
}

locals {
  image = "openSUSE-Leap-${var.leap}-NET-x86_64-Media.iso"
}

source "qemu" "leap" {
  boot_command = [
    "<esc><enter><wait>",
    "linux net.ifnames=0 biosdevname=0 netdevice=eth0 netsetup=dhcp textmode=1 ",
    "install=https://download.opensuse.org/distribution/leap/${var.leap}/repo/oss/ ",
    "lang=en_US autoyast=http://{{ .HTTPIP }}:{{ .HTTPPort }}/autoinst.xml<wait>",
    "<enter><wait>",
  ]
  boot_wait           = "10s"
  disk_size           = 32768
  http_directory      = "http"
  http_bind_address   = "0.0.0.0"
  iso_checksum        = "sha256:73b5fa8a1c1c1c9fba4dc0ea1ea8fd6f2a53c3f9d0c5d4b2e2c0f5f0e0a9c4d1"
  iso_url             = "https://download.opensuse.org/distribution/leap/${var.leap}/iso/${local.image}"
  memory              = 2048
  cpus                = 2
  headless            = true
  net_device          = "virtio-net-pci"
  ssh_username        = "vagrant"
  ssh_password        = "vagrant"
  ssh_timeout         = "10000s"
  ssh_port            = 22
  ssh_clear_authorized_keys = true
  shutdown_command    = "echo '/sbin/halt -h -p' > shutdown.sh; echo 'vagrant'|sudo -S bash 'shutdown.sh'"
  vm_name             = "opensuse-leap-${replace(var.leap, ".", "-")}"
  temporary_key_pair_type = "ed25519"
  vga                 = "qxl"
}

build {
  sources = ["source.qemu.leap"]
  provisioner "shell" {
    inline          = ["zypper --non-interactive refresh", "zypper --non-interactive update"]
    execute_command = "echo 'vagrant' | {{.Vars}} sudo -S -E bash '{{.Path}}'"
    max_retries     = 3
    pause_before    = "15s"
  }
}
