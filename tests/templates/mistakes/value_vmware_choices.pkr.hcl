source "vmware-iso" "a" {
  iso_url              = "https://example.org/x.iso"
  iso_checksum         = "md5:9e107d9d372bb6826bd81d3542a419d6"
  network_adapter_type = "e1000"
  ssh_username         = "root"
  shutdown_command     = "poweroff"
  firmware             = "uefi"
  version              = 8
  usb_version          = "3.0"
  memory               = -1
}

build {
  sources = ["vmware-iso.a"]
}
