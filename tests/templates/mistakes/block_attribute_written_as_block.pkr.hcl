source "vmware-iso" "a" {
  iso_url              = "https://example.org/x.iso"
  iso_checksum         = "sha256:8fde79cfc6b20a696200fc5c15219cf6d721e8feb367e9e0e33a79d1cb68fa83"
  ssh_username         = "root"
  network_adapter_type = "e1000"
  shutdown_command     = "poweroff"
  vmx_data {
    memsize = "1024"
  }
}

build {
  sources = ["vmware-iso.a"]
}
