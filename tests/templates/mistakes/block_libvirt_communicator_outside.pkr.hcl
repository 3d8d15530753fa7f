source "libvirt" "a" {
  libvirt_uri  = "qemu:///system"
  ssh_username = "root"
  volume {
    alias = "artifact"
    size  = "10G"
  }
}

build {
  sources = ["libvirt.a"]
}
