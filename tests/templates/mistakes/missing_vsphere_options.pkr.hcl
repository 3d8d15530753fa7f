source "vsphere-iso" "a" {
  vm_name      = "a"
  ssh_username = "root"
}

build {
  sources = ["vsphere-iso.a"]
}
