source "qemu" "a" {
}

build {
  sources = ["qemu.a"]
}
