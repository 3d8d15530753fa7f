source "qemu" "a" {
  iso_url      = "https://example.org/x.iso"
  iso_checksum = "md5:9e107d9d372bb6826bd81d3542a419d6"
  ssh_username = "root"
  boot_command = ["http://{{ .HTTPIp }}:{{ .HTTPPort }/ks.cfg<enter>"]
}

build {
  sources = ["qemu.a"]
}
