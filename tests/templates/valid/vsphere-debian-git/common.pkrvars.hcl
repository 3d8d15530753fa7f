endpoint = "vcenter.example.org"
user     = "builder@vsphere.local"
secret   = "sesame-open-42"
