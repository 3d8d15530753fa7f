source "libvirt" "a" {
  libvirt_uri  = "qemu:///system"
  boot_devices = ["disk"]
  communicator {
    ssh_username = "root"
  }
  network_interface {
    type = "bridge"
  }
  volume {
    alias = "artifact"
    size  = "10"
    source {
      type = "extern"
    }
  }
  graphics {
    type = "spice"
  }
}

build {
  sources = ["libvirt.a"]
}
