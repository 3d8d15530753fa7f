source "libvirt" "a" {
  libvirt_uri = "qemu:///system"
  communicator {
    ssh_username = "root"
  }
}

build {
  sources = ["libvirt.a"]
}
