vsphere = {
  server     = "vcenter.example.org"
  user       = "administrator@vsphere.local"
  password   = "not-a-password"
  datacenter = "dc"
  cluster    = "lab"
  datastore  = "ds1"
  network    = "VM Network"
}
admin = "S3cr3t0!"
