source "qemu" "a" {
  iso_url      = "https://example.org/x.iso"
  iso_checksum = "md5:9e107d9d372bb6826bd81d3542a419d6"
  ssh_username = "root"
  http_port_min = 9000
  http_port_max = 8000
  vnc_port_min  = 5000
  host_port_min = 70000
}

build {
  sources = ["qemu.a"]
}
