packer {
  required_plugins {
    qemu = {
      version = "latest"
      source  = "github.com/hashicorp/qemu"
    }
    vmware = {
      source = "github.com/hashicorp/vmware"
    }
    vagrant = {
      version = ">= 1.0.0"
      source  = "https://github.com/hashicorp/vagrant"
    }
    ansible = ">= 1.0.0"
  }
}

source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
}
