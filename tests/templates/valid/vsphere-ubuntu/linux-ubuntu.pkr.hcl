packer {
  required_version = ">= 1.10.0"
  required_plugins {
    vsphere = {
      source  = "github.com/hashicorp/vsphere"
      version = ">= 1.3.0"
    }
    git = {
      source  = "github.com/example/git"
      version = ">= 0.6.2"
    }
  }
}

locals {
  build_by      = "Built by: HashiCorp Packer ${packer.version}"
  build_date    = formatdate("YYYY-MM-DD hh:mm ZZZ", timestamp())
  manifest_path = "${path.cwd}/manifests/"
  data_source_content = {
    "/meta-data" = file("${abspath(path.root)}/data/meta-data")
    "/user-data" = templatefile("${abspath(path.root)}/data/user-data.pkrtpl.hcl", {
      build_username = "builder"
      disks          = var.vm_disks
    })
  }
  data_source_command = var.boot_media == "http" ? "ds=\"nocloud-net;seedfrom=http://{{.HTTPIP}}:{{.HTTPPort}}/\"" : "ds=\"nocloud\""
}

source "vsphere-iso" "linux-ubuntu" {
  vcenter_server      = var.vsphere_endpoint
  username            = var.vsphere_username
  password            = var.vsphere_password
  insecure_connection = true

  datacenter                     = "site-a-dc01"
  cluster                        = var.vsphere_cluster
  host                           = var.vsphere_host
  datastore                      = "site-a-ds01"
  folder                         = "site-a-fd-templates"
  resource_pool                  = ""
  set_host_for_datastore_uploads = false

  guest_os_type        = "ubuntu64Guest"
  vm_name              = "linux-ubuntu-22.04-lts"
  firmware             = "efi-secure"
  CPUs                 = 2
  cpu_cores            = 1
  CPU_hot_plug         = var.vm_cpu_hot_add
  RAM                  = 2048
  RAM_hot_plug         = false
  RAM_reserve_all      = true
  NestedHV             = false
  cdrom_type           = "sata"
  disk_controller_type = ["pvscsi"]

  dynamic "storage" {
    for_each = var.vm_disks
    content {
      disk_size             = storage.value.size
      disk_thin_provisioned = storage.value.thin
      disk_controller_index = storage.value.ctrl
    }
  }

  dynamic "network_adapters" {
    for_each = var.vm_networks
    iterator = nic
    content {
      network      = nic.key
      network_card = nic.value
    }
  }

  vm_version           = var.common_vm_version
  remove_cdrom         = true
  reattach_cdroms      = 1
  tools_upgrade_policy = true
  notes                = "${local.build_by}\nOn: ${local.build_date}"

  iso_url      = null
  iso_paths    = ["[site-a-ds01] iso/linux/ubuntu-22.04.4-live-server-amd64.iso"]
  http_content = var.boot_media == "http" ? local.data_source_content : null
  cd_content   = var.boot_media == "cdrom" ? local.data_source_content : null
  cd_label     = var.boot_media == "cdrom" ? "cidata" : null

  boot_order = "disk,cdrom"
  boot_wait  = "5s"
  boot_command = [
    "<wait3s>c<wait3s>",
    "linux /casper/vmlinuz",
    " autoinstall ${local.data_source_command}",
    " ---",
    "<enter><wait>",
    "initrd /casper/initrd",
    "<enter><wait>",
    "boot",
    "<enter>"
  ]
  boot_keygroup_interval = "50ms"
  ip_wait_timeout        = "20m"
  ip_settle_timeout      = "5s"
  ip_wait_address        = "0.0.0.0/0"
  shutdown_command       = "echo 'x' | sudo -S -E shutdown -P now"
  shutdown_timeout       = "15m"

  communicator = "ssh"
  ssh_username = "builder"
  ssh_password = "x"
  ssh_port     = 22
  ssh_timeout  = "30m"

  convert_to_template = var.content_library == null
  dynamic "content_library_destination" {
    for_each = var.content_library != null ? [1] : []
    content {
      library     = var.content_library
      description = local.build_by
      ovf         = true
      destroy     = true
      skip_import = false
    }
  }

  export {
    name             = "linux-ubuntu"
    force            = true
    output_format    = "ovf"
    manifest         = "sha256"
    output_directory = "${path.cwd}/artifacts"
    options          = ["extraconfig"]
  }
}

build {
  sources = ["source.vsphere-iso.linux-ubuntu"]

  provisioner "shell" {
    inline = ["sudo cloud-init clean --machine-id"]
  }

  post-processor "manifest" {
    output     = "${local.manifest_path}${formatdate("YYYY-MM-DD", timestamp())}.json"
    strip_path = true
    strip_time = true
    custom_data = {
      build_date    = local.build_date
      common_data   = var.boot_media
      vm_cpu_count  = 2
      vm_firmware   = "efi-secure"
      vsphere_iso   = true
    }
  }
}
