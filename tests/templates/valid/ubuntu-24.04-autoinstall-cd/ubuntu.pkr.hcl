packer {
  required_plugins {
    qemu = {
      version = "~> 1.1.0"
      source  = "github.com/hashicorp/qemu"
    }
    ansible = {
      version = ">= 1.1.1, < 2.0.0"
      source  = "github.com/hashicorp/ansible"
    }
  }
}

variable "efi" {
  type    = bool
  default = true
}

source "qemu" "noble" {
  iso_url      = "https://releases.ubuntu.com/24.04/ubuntu-24.04.1-live-server-amd64.iso"
  iso_checksum = "e240e4b801f7bb68c20d1356b60968ad0c33a41d00d828e74ceb3364a0317be9"

  cd_files = ["./cidata/*"]
  cd_label = "CIDATA"

  efi_boot          = var.efi
  efi_firmware_code = var.efi ? "/usr/share/OVMF/OVMF_CODE_4M.fd" : null
  efi_firmware_vars = var.efi ? "/usr/share/OVMF/OVMF_VARS_4M.fd" : null
  machine_type      = "q35"
  vtpm              = true
  tpm_device_type   = "tpm-tis"

  boot_wait = "-1s"
  boot_command = [
    "<wait5s>",
    "c",
    "<wait500ms>",
    "linux /casper/vmlinuz --- autoinstall ds=nocloud",
    "<enter><wait>",
    "initrd /casper/initrd",
    "<enter><wait>",
    "boot",
    "<enter>",
  ]

  cpus                 = 4
  memory               = 4096
  disk_size            = "32G"
  format               = "raw"
  headless             = true
  vnc_use_password     = true
  qmp_enable           = true
  output_directory     = "noble"
  ssh_username         = "ubuntu"
  ssh_password         = "ubuntu"
  ssh_timeout          = "40m"
  ssh_file_transfer_method = "sftp"
  shutdown_command     = "sudo systemctl poweroff"
}

build {
  sources = ["qemu.noble"]

  provisioner "ansible" {
    playbook_file   = "${path.root}/playbook.yml"
    user            = "ubuntu"
    use_proxy       = false
    galaxy_file     = "${path.root}/requirements.yml"
    extra_arguments = ["--scp-extra-args", "'-O'", "-e", "build=noble", "-v"]
    ansible_env_vars = [
      "ANSIBLE_HOST_KEY_CHECKING=False",
      "ANSIBLE_PIPELINING=True",
    ]
    groups = ["servers"]
  }

  provisioner "file" {
    source      = "scripts/"
    destination = "/tmp/scripts"
  }

  provisioner "shell" {
    inline = ["sudo bash /tmp/scripts/seal.sh"]
  }

  post-processor "compress" {
    output            = "noble/noble.raw.gz"
    compression_level = 6
  }
}
