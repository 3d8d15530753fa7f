packer {
  required_version = "~> 1.7"
  required_plugins {
    qemu = {
      source  = "github.com/hashicorp/qemu"
      version = "~> 1"
    }
    vmware = {
      source  = "github.com/hashicorp/vmware"
      version = "~> 1"
    }
  }
}

variable "mirror" {
  type    = string
  default = "https://download.rockylinux.org/pub/rocky"
}

variable "version" {
  type    = string
  default = "9.4"
  validation {
    condition     = can(regex("^9\\.[0-9]+$", var.version))
    error_message = "Only Rocky Linux 9 is built here."
  }
}

variable "root_password" {
  type      = string
  default   = "Chang3-me"
  sensitive = true
}

locals {
  major   = parseint(split(".", var.version)[0], 10)
  iso     = format("%s/%d/isos/x86_64/Rocky-%s-x86_64-minimal.iso", var.mirror, local.major, var.version)
  ks      = templatefile("${path.root}/ks.cfg.pkrtpl", { password = var.root_password, version = local.major, packages = ["vim", "tar"] })
  command = ["<up><tab> inst.text inst.ks=http://{{ .HTTPIP }}:{{ .HTTPPort }}/ks.cfg<enter><wait>"]
}

source "qemu" "rocky" {
  iso_url          = local.iso
  iso_checksum     = "sha256:ee3ac97fdffab58652421941599902012179c37535aece76824673105169c4a2"
  http_content     = { "/ks.cfg" = local.ks }
  boot_command     = local.command
  boot_wait        = "10s"
  cpus             = 2
  memory           = 2048
  disk_size        = "10G"
  accelerator      = "kvm"
  headless         = true
  qemuargs         = [["-cpu", "host"], ["-rtc", "base=utc,clock=host"]]
  ssh_username     = "root"
  ssh_password     = var.root_password
  ssh_wait_timeout = "10000s"
  shutdown_command = "/sbin/halt -h -p"
}

source "vmware-iso" "rocky" {
  iso_url              = local.iso
  iso_checksum         = "sha256:ee3ac97fdffab58652421941599902012179c37535aece76824673105169c4a2"
  http_content         = { "/ks.cfg" = local.ks }
  boot_command         = local.command
  boot_wait            = "5s"
  guest_os_type        = "rockylinux-64"
  version              = 19
  cpus                 = 2
  cores                = 1
  memory               = 2048
  disk_size            = 10240
  disk_adapter_type    = "pvscsi"
  disk_type_id         = 0
  network              = "nat"
  network_adapter_type = "vmxnet3"
  headless             = true
  vmx_data = {
    "cpuid.coresPerSocket" = "1"
    "isolation.tools.copy.disable" = "TRUE"
  }
  vmx_remove_ethernet_interfaces = true
  ssh_username     = "root"
  ssh_password     = var.root_password
  ssh_timeout      = "60m"
  shutdown_command = "/sbin/halt -h -p"
}

build {
  sources = ["source.qemu.rocky", "source.vmware-iso.rocky"]

  provisioner "shell" {
    inline = [
      "dnf -y update",
      "dnf -y install epel-release",
    ]
  }

  provisioner "shell" {
    only   = ["vmware-iso.rocky"]
    inline = ["dnf -y install open-vm-tools"]
  }

  provisioner "shell" {
    except = ["vmware-iso.rocky"]
    inline = ["dnf -y install qemu-guest-agent"]
  }
}
