source "vsphere-iso" "a" {
  vcenter_server = "vc.example.org"
  username       = "u"
  password       = "secret-password"
  vm_name        = "a"
  host           = "esx.example.org"
  ssh_username   = "root"
  RAM_reservation = 1024
  RAM_reserve_all = true
  vTPM            = true
  firmware        = "bios"
  storage {
    disk_size             = 1024
    disk_controller_index = 3
  }
  network_adapters {
    network_card = "vmxnet3"
  }
}

build {
  sources = ["vsphere-iso.a"]
}
