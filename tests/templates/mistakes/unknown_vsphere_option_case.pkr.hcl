source "vsphere-iso" "a" {
  vcenter_server = "vc.example.org"
  username       = "u"
  password       = "secret-password"
  vm_name        = "a"
  host           = "esx.example.org"
  ssh_username   = "root"
  cpus = 2
  ram  = 1024
}

build {
  sources = ["vsphere-iso.a"]
}
