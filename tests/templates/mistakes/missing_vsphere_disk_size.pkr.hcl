source "vsphere-iso" "a" {
  vcenter_server = "vc.example.org"
  username       = "u"
  password       = "secret-password"
  vm_name        = "a"
  host           = "esx.example.org"
  ssh_username   = "root"
  storage {
    disk_thin_provisioned = true
  }
  network_adapters {
    network = "VM Network"
  }
}

build {
  sources = ["vsphere-iso.a"]
}
