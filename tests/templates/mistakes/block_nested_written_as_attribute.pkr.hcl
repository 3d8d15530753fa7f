source "qemu" "a" {
  iso_url       = "https://example.org/x.iso"
  iso_checksum  = "none"
  ssh_username  = "root"
  qemu_img_args = { convert = ["-m", "4"] }
}

build {
  sources = ["qemu.a"]
}
