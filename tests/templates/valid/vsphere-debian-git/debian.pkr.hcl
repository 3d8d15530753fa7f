data "git-repository" "cwd" {}

locals {
  version     = data.git-repository.cwd.head
  description = "Version: ${local.version}\nBuilt by: Packer ${packer.version}"
  name        = "linux-debian-12-${local.version}"
  files = {
    "/ks.cfg" = templatefile("${abspath(path.root)}/data/ks.pkrtpl.hcl", {
      user = "debian"
      storage = templatefile("${abspath(path.root)}/data/storage.pkrtpl.hcl", {
        device     = "sda"
        partitions = var.partitions
      })
    })
  }
  command = var.transport == "http" ? "url=http://{{ .HTTPIP }}:{{ .HTTPPort }}/ks.cfg" : "file=/media/ks.cfg"
  mount   = var.transport == "http" ? " " : "<leftAltOn><f2><leftAltOff> <enter><wait> mount /dev/sr1 /media<enter> <leftAltOn><f1><leftAltOff>"
}

source "vsphere-iso" "debian" {
  vcenter_server      = var.endpoint
  username            = var.user
  password            = var.secret
  insecure_connection = true
  datacenter          = "dc"
  cluster             = "cl"
  host                = null
  datastore           = "ds"
  vm_name             = local.name
  guest_os_type       = "debian12_64Guest"
  firmware            = "efi-secure"
  CPUs                = 2
  RAM                 = 2048
  cdrom_type          = "sata"
  disk_controller_type = ["pvscsi"]
  storage {
    disk_size             = 40960
    disk_thin_provisioned = true
  }
  network_adapters {
    network      = "VM Network"
    network_card = "vmxnet3"
  }
  notes        = local.description
  iso_paths    = ["[ds] iso/debian-12.iso"]
  http_content = var.transport == "http" ? local.files : null
  cd_content   = var.transport == "disk" ? local.files : null
  http_ip       = var.transport == "http" ? "192.0.2.1" : null
  http_port_min = var.transport == "http" ? 8000 : null
  boot_order   = "disk,cdrom"
  boot_wait    = "5s"
  boot_command = [
    // The boot loader's command line.
    "<wait3s>c<wait3s>",
    "linux /install.amd/vmlinuz",
    " auto-install/enable=true",
    " ${local.command}",
    // and the rest
    " noprompt --<enter>",
    "initrd /install.amd/initrd.gz<enter>",
    "boot<enter>",
    "<wait30s>",
    " ${local.mount}",
    "<down><down><down><down><enter>"
  ]
  shutdown_command   = "echo '${var.secret}' | sudo -S -E shutdown -P now"
  communicator       = "ssh"
  ssh_proxy_host     = var.proxy.host
  ssh_proxy_port     = var.proxy.port
  ssh_username       = "debian"
  ssh_password       = var.secret
  ssh_timeout        = "30m"
  convert_to_template = true

  dynamic "export" {
    for_each = var.export_ovf == true ? [1] : []
    content {
      name  = local.name
      force = true
      options = [
        "extraconfig"
      ]
      output_directory = "${path.cwd}/artifacts/${local.name}"
    }
  }
}

build {
  sources = ["source.vsphere-iso.debian"]

  provisioner "ansible" {
    user                   = "debian"
    galaxy_file            = "${path.cwd}/ansible/requirements.yml"
    galaxy_force_with_deps = true
    playbook_file          = "${path.cwd}/ansible/playbook.yml"
    roles_path             = "${path.cwd}/ansible/roles"
    ansible_env_vars       = ["ANSIBLE_CONFIG=${path.cwd}/ansible/ansible.cfg"]
    extra_arguments = [
      "--extra-vars", "display_skipped_hosts=false",
      "--extra-vars", "BUILD_USERNAME=${var.user}",
    ]
  }

  post-processor "manifest" {
    output     = "${path.cwd}/manifests/${formatdate("YYYY-MM-DD hh:mm:ss", timestamp())}.json"
    strip_path = true
    custom_data = {
      version = local.version
      thin    = true
      cpus    = 2
    }
  }

  dynamic "hcp_packer_registry" {
    for_each = var.registry ? [1] : []
    content {
      bucket_name = "debian-12"
      bucket_labels = {
        "os_family" : "linux",
        "os_name" : "debian",
      }
      build_labels = {
        "version" : local.version,
        "packer_version" : packer.version,
      }
    }
  }
}
