source "vmware-iso" "a" {
  iso_url              = "https://example.org/x.iso"
  iso_checksum         = "md5:9e107d9d372bb6826bd81d3542a419d6"
  ssh_username         = "root"
  shutdown_command     = "poweroff"
  tools_upload_flavor  = "linux"
  network_adapter_type = "VMXNET3"
  version              = "13"
  disk_adapter_type    = "SCSI"
}
source "vmware-iso" "esx" {
  iso_url                   = "https://example.org/x.iso"
  iso_checksum              = "md5:9e107d9d372bb6826bd81d3542a419d6"
  ssh_username              = "root"
  shutdown_command          = "poweroff"
  remote_type               = "esx5"
  remote_host               = "esx.example.org"
  remote_username           = "root"
  remote_password           = "sesame-open-42"
  remote_datastore          = "ds1"
  remote_cache_datastore    = "ds2"
  keep_registered           = true
  vnc_over_websocket        = true
  insecure_connection       = true
  ssh_skip_request_pty      = true
  network_name              = "VM Network"
  disk_type_id              = "thin"
  skip_export               = true
  format                    = "ovf"
  cleanup_remote_cache      = true
  skip_validate_credentials = true
  remote_output_directory   = "x"
  remote_private_key_file   = ""
  network                   = "hostonly"
}
source "vsphere-clone" "c" {
  vcenter_server = "vc"
  username       = "u"
  password       = "sesame-open-43"
  template       = "t"
  vm_name        = "n"
  cluster        = "c"
  linked_clone   = true
  ssh_username   = "x"
  ssh_password   = "y"
  network        = "VM Network"
  notes          = "x"
  customize {
    linux_options {
      host_name = "foo"
      domain    = "example.org"
      time_zone = "UTC"
    }
    network_interface {
      ipv4_address = "192.0.2.4"
      ipv4_netmask = "24"
    }
    ipv4_gateway    = "192.0.2.1"
    dns_server_list = ["192.0.2.53"]
    dns_suffix_list = ["example.org"]
  }
  vapp {
    properties = {
      hostname  = "x"
      user-data = base64encode("#cloud-config")
    }
  }
  storage {
    disk_size = 100
  }
  disk_controller_type = ["pvscsi"]
}
build {
  sources = ["vmware-iso.a", "vmware-iso.esx", "vsphere-clone.c"]
  post-processors {
    post-processor "vsphere-template" {
      host     = "vc"
      username = "u"
      password = "sesame-open-44"
      insecure = true
      folder   = "/x"
    }
  }
}
