variable "version" { default = "5.0" }

source "vmware-iso" "photon" {
  iso_url              = "https://packages.vmware.com/photon/${var.version}/GA/iso/photon-5.0-dde71ec57.x86_64.iso"
  iso_checksum         = "sha512:4d1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9"
  guest_os_type        = "vmware-photon-64"
  vm_name              = "photon-{{isotime \"20060102\"}}"
  network_adapter_type = "vmxnet3"
  disk_size            = 8192
  disk_type_id         = "thin"
  boot_command = [
    "<esc><wait>",
    "vmlinuz initrd=initrd.img root=/dev/ram0 loglevel=3 photon.media=cdrom ",
    "ks=http://{{ .HTTPIP }}:{{ .HTTPPort }}/photon.json<enter>",
  ]
  http_content = {
    "/photon.json" = jsonencode({
      hostname = "photon"
      password = { crypted = false, text = "VMware1!" }
      disk     = "/dev/sda"
    })
  }
  ssh_username     = "root"
  ssh_password     = "VMware1!"
  shutdown_command = "shutdown -h now"
  headless         = false
  format           = "ovf"
  skip_export      = false
  ovftool_options  = ["--noImageFiles"]
}

build {
  sources = ["source.vmware-iso.photon"]
  provisioner "shell" {
    inline = ["tdnf -y distro-sync", "cloud-init clean"]
  }
}
