variable "os_version" {
  type    = string
  default = "7.5"
}
locals {
  flat = replace(var.os_version, ".", "")
}
source "qemu" "openbsd" {
  iso_url              = "https://cdn.openbsd.org/pub/OpenBSD/${var.os_version}/amd64/install${local.flat}.iso"
  iso_checksum         = "sha256:034435c6e27405d5a7fafb058162943c194eb793dafdc412c08d49bb56b3892a"
  boot_wait            = "30s"
  boot_command         = [
    "S<enter>",
    "<wait5>dhclient em0<enter><wait5>ftp -o install.conf http://{{ .HTTPIP }}:{{ .HTTPPort }}/install.conf<enter><wait>",
    "install -af install.conf && reboot<enter>"
  ]
  http_directory       = "http"
  net_device           = "e1000"
  disk_interface       = "scsi"
  machine_type         = "pc"
  disk_size            = "8G"
  memory               = 512
  use_default_display  = true
  ssh_username         = "root"
  ssh_password         = "openbsd"
  ssh_timeout          = "900s"
  shutdown_command     = "shutdown -p now"
  ssh_keep_alive_interval = "-1s"
  ssh_read_write_timeout  = "1m30s"
}
build {
  sources = ["source.qemu.openbsd"]
  provisioner "shell" {
    use_env_var_file = true
    env_var_format   = "export %s='%s'\n"
    environment_vars = ["PKG_PATH=https://cdn.openbsd.org/pub/OpenBSD/${var.os_version}/packages/amd64/"]
    inline           = ["pkg_add -I vim--no_x11 rsync--"]
  }
}
