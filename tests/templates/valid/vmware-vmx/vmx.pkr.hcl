variable "source_path" {
  type    = string
  default = "base/base.vmx"
}

source "vmware-vmx" "app" {
  source_path      = var.source_path
  linked           = true
  attach_snapshot  = "clean"
  display_name     = "app server"
  vm_name          = "app"
  headless         = true
  output_directory = "output-app"
  disk_additional_size = [10240, 2048]
  disk_adapter_type    = "scsi"
  vmx_data = {
    "memsize"  = "4096"
    "numvcpus" = "2"
    "ethernet0.virtualDev" = "vmxnet3"
  }
  vmx_data_post = {
    "RemoteDisplay.vnc.enabled" = "FALSE"
  }
  tools_mode          = "upload"
  tools_upload_flavor = "linux"
  tools_upload_path   = "/tmp/{{ .Flavor }}.iso"
  snapshot_name       = "built"
  skip_compaction     = true
  format              = "ova"
  ovftool_options     = ["--shaAlgorithm=SHA256"]
  ssh_username        = "root"
  ssh_password        = "x"
  shutdown_command    = "poweroff"
}

build {
  sources = ["source.vmware-vmx.app"]

  provisioner "shell" {
    inline = ["apt-get update", "apt-get install -y nginx"]
  }
}
