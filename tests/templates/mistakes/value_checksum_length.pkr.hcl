source "qemu" "a" {
  iso_url      = "https://example.org/x.iso"
  iso_checksum = "sha256:9e107d9d372bb6826bd81d3542a419d6"
  ssh_username = "root"
}

source "qemu" "b" {
  iso_url      = "https://example.org/x.iso"
  iso_checksum = "sha3:9e107d9d372bb6826bd81d3542a419d6"
  ssh_username = "root"
}

source "qemu" "c" {
  iso_url      = "https://example.org/x.iso"
  iso_checksum = "9e107d9d372bb6826bd81d3542a419dg"
  ssh_username = "root"
}

source "qemu" "d" {
  iso_url      = "https://example.org/x.iso"
  iso_checksum = "file:files/absent.sums"
  ssh_username = "root"
}

build {
  sources = ["qemu.a", "qemu.b", "qemu.c", "qemu.d"]
}
