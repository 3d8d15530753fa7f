source "qemu" "jammy" {
  iso_url          = "https://cloud-images.ubuntu.com/jammy/current/jammy-server-cloudimg-amd64.img"
  iso_checksum     = "none"
  disk_image       = true
  disk_size        = var.disk.size
  cd_content       = local.seed
  cd_label         = "cidata"
  headless         = true
  http_content     = { for name, text in local.seed : "/${name}" => text }
  ssh_username     = var.user.name
  ssh_password     = var.user.password
  shutdown_command = "sudo poweroff"
}
