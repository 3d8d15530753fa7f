source "vmware-vmx" "a" {
  source_path      = "files/absent.vmx"
  ssh_username     = "root"
  shutdown_command = "poweroff"
}

build {
  sources = ["vmware-vmx.a"]
}
