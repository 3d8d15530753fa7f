source "qemu" "a" {
  iso_url      = "https://example.org/x.iso"
  ssh_username = "root"
}

build {
  sources = ["qemu.a"]
}
