source "qemu" "a" {
  iso_url      = "https://example.org/x.iso"
  iso_checksum = "md5:9e107d9d372bb6826bd81d3542a419d6"
  ssh_username = "root"
  ssh_bastion_host = "bastion.example.org"
  ssh_file_transfer_method = "rsync"
  ssh_local_tunnels = ["8080:localhost"]
}

build {
  sources = ["qemu.a"]
}
