packer {
  required_plugins {
    # pinned, as some do
    qemu = {
      version = "1.1.2"
      source  = "github.com/hashicorp/qemu"
    }
    proxmox = {
      version = "1.2.0"
      source  = "github.com/hashicorp/proxmox"
    }
    vagrant = {
      version = "1.1.5"
      source  = "github.com/hashicorp/vagrant"
    }
  }
}

variable "version" {
  type = string
}

variable "box" {
  type = string
}

variable "disk_size" {
  type    = string
  default = 8 * 1024
}

variable "node" {
  type    = string
  default = env("PROXMOX_NODE")
}

variable "post" {
  type    = object({ memory = number, cpus = number })
  default = { memory = 1024, cpus = "1" }
}

source "qemu" "debian-amd64" {
  accelerator    = "kvm"
  machine_type   = "q35"
  cpus           = 2
  memory         = 2 * 1024
  qemuargs = [
    ["-bios", "/usr/share/ovmf/OVMF.fd"],
    ["-device", "virtio-scsi-pci,id=scsi0"],
    ["-device", "scsi-hd,bus=scsi0.0,drive=drive0"],
    ["-chardev", "socket,path=/tmp/{{ .Name }}-qga.sock,server,nowait,id=qga0"],
    ["-device", "virtserialport,chardev=qga0,name=org.qemu.guest_agent.0"],
    ["-device", "virtio-net,netdev=user.0"],
  ]
  headless       = true
  http_directory = "."
  disk_size      = var.disk_size
  disk_interface = "virtio-scsi"
  cd_label       = "PROVISION"
  cd_files = [
    "drivers/NetKVM/2k22/amd64/*.cat",
    "debian.pkr.hcl",
  ]
  iso_url        = "https://cdimage.debian.org/debian-cd/${var.version}/amd64/iso-cd/debian-${var.version}-amd64-netinst.iso"
  iso_checksum   = "sha256:ee8d8579128977d7dc39d48f43aec5ab06b7f09e1f40a9d98f2a9d149221704a"
  ssh_username   = "vagrant"
  ssh_password   = "vagrant"
  ssh_timeout    = "60m"
  boot_wait      = "5s"
  boot_command = [
    "<tab>",
    "<bs><bs><bs><bs><bs><bs><bs><bs><bs><bs>",
    "/install.amd/vmlinuz initrd=/install.amd/initrd.gz",
    " url={{.HTTPIP}}:{{.HTTPPort}}/preseed.txt",
    "<enter>",
  ]
  shutdown_command = "echo vagrant | sudo -S poweroff"
}

source "proxmox-iso" "debian-amd64" {
  template_name        = "template-debian-${var.version}"
  template_description = <<-EOS
                          See the repository

                          ```
                          Build At: ${timestamp()}
                          ```
                          EOS
  tags = "debian-${var.version};template"
  node = var.node
  efi_config {
    efi_storage_pool = "local-lvm"
  }
  disks {
    type      = "scsi"
    disk_size = "${var.disk_size}M"
  }
  ssh_username = "vagrant"
}

source "vmware-iso" "debian-amd64" {
  iso_url              = "https://example.org/debian.iso"
  iso_checksum         = "sha256:ee8d8579128977d7dc39d48f43aec5ab06b7f09e1f40a9d98f2a9d149221704a"
  network_adapter_type = "vmxnet3"
  disk_size            = var.disk_size
  ssh_username         = "vagrant"
  ssh_password         = "vagrant"
  shutdown_command     = "sudo poweroff"
  vmx_data_post = {
    "memsize"  = var.post.memory
    "numvcpus" = var.post.cpus
  }
}

build {
  sources = [
    "source.qemu.debian-amd64",
    "source.proxmox-iso.debian-amd64",
    "source.vmware-iso.debian-amd64",
  ]

  provisioner "shell" {
    expect_disconnect = true
    execute_command   = "echo vagrant | sudo -S {{ .Vars }} bash {{ .Path }}"
    inline            = ["true"]
  }

  provisioner "shell-local" {
    environment_vars = [
      "PACKER_VERSION={{packer_version}}",
      "PACKER_VM_NAME={{build `ID`}}",
      "TYPE=${source.type}",
    ]
    scripts = ["not-here-on-this-machine.cmd"]
    only    = ["debian-amd64-hyperv"]
  }

  provisioner "powershell" {
    use_pwsh = true
    inline   = ["1"]
    only     = []
  }

  provisioner "windows-restart" {
    except = ["qemu.debian-amd64", "vmware-iso.debian-amd64"]
  }

  post-processors {

    post-processor "vagrant" {
      only              = ["qemu.debian-amd64", "vmware-iso.debian-amd64"]
      compression_level = "9"
      output            = var.box
    }

    post-processor "shell-local" {
      inline = ["ls"]
    }
  }

  post-processor "vagrant" {
    except = ["proxmox-iso.debian-amd64"]
    output = "${var.box}.${formatdate("YYYYMMDD", timestamp())}.box"
  }
}
