# The hypervisors that kiln does not drive: their sources are read and checked all the same.

variable "iso" {
  type = object({ url = string, checksum = string })
  default = {
    url      = "https://example.org/debian.iso"
    checksum = "sha256:ee8d8579128977d7dc39d48f43aec5ab06b7f09e1f40a9d98f2a9d149221704a"
  }
}

locals {
  boot = [
    "<esc><wait>auto url=http://{{ .HTTPIP }}:{{ .HTTPPort }}/preseed.cfg<enter>",
  ]
}

source "virtualbox-iso" "vm" {
  chipset                 = "ich9"
  firmware                = "efi"
  gfx_controller          = "vmsvga"
  gfx_vram_size           = 33
  gfx_accelerate_3d       = false
  guest_additions_mode    = "upload"
  guest_additions_path    = "VBoxGuestAdditions_{{ .Version }}.iso"
  guest_os_type           = "Debian_64"
  hard_drive_interface    = "sata"
  hard_drive_nonrotational = true
  hard_drive_discard      = true
  iso_interface           = "sata"
  nested_virt             = true
  nic_type                = "virtio"
  rtc_time_base           = "UTC"
  virtualbox_version_file = ".vbox_version"
  vboxmanage = [
    ["modifyvm", "{{ .Name }}", "--audio", "none"],
    ["modifyvm", "{{ .Name }}", "--nat-localhostreachable1", "on"],
  ]
  vboxmanage_post = [
    ["modifyvm", "{{ .Name }}", "--memory", 1024],
  ]
  format               = "ova"
  export_opts          = ["--manifest", "--vsys", "0"]
  keep_registered      = false
  disk_additional_size = [1024]
  cpus                 = 2
  memory               = 2048
  disk_size            = 65536
  headless             = true
  http_directory       = "http"
  iso_url              = var.iso.url
  iso_checksum         = var.iso.checksum
  boot_command         = local.boot
  boot_keygroup_interval = "50ms"
  ssh_username         = "vagrant"
  ssh_password         = "vagrant"
  ssh_timeout          = "30m"
  shutdown_command     = "sudo poweroff"
  post_shutdown_delay  = "5s"
}

source "virtualbox-ovf" "again" {
  source_path      = "files/base.ovf"
  checksum         = "none"
  import_opts      = "keepallmacs"
  import_flags     = ["--eula-accept"]
  ssh_username     = "vagrant"
  ssh_password     = "vagrant"
  shutdown_command = "sudo poweroff"
}

source "hyperv-iso" "vm" {
  generation                       = 2
  switch_name                      = "Default Switch"
  vlan_id                          = ""
  temp_path                        = "tmp"
  enable_secure_boot               = true
  secure_boot_template             = "MicrosoftUEFICertificateAuthority"
  enable_dynamic_memory            = false
  enable_mac_spoofing              = true
  enable_virtualization_extensions = true
  guest_additions_mode             = "disable"
  configuration_version            = "9.0"
  disk_block_size                  = 1
  first_boot_device                = "DVD"
  boot_order                       = ["SCSI:0:0"]
  cpus                             = 2
  memory                           = 2 * 1024
  disk_size                        = 65536
  headless                         = true
  http_directory                   = "http"
  iso_url                          = var.iso.url
  iso_checksum                     = var.iso.checksum
  boot_command                     = local.boot
  ssh_username                     = "vagrant"
  ssh_password                     = "vagrant"
  shutdown_command                 = "sudo poweroff"
}

source "parallels-iso" "vm" {
  guest_os_type          = "debian"
  parallels_tools_flavor = "lin-arm"
  parallels_tools_mode   = "upload"
  prlctl                 = [["set", "{{ .Name }}", "--3d-accelerate", "off"]]
  prlctl_post            = []
  prlctl_version_file    = ".prlctl_version"
  hard_drive_interface   = "sata"
  disk_type              = "expand"
  host_interfaces        = ["en0", "en1"]
  skip_compaction        = true
  cpus                   = 2
  memory                 = 2048
  disk_size              = 65536
  http_directory         = "http"
  iso_url                = var.iso.url
  iso_checksum           = var.iso.checksum
  boot_command           = local.boot
  ssh_username           = "vagrant"
  ssh_password           = "vagrant"
  shutdown_command       = "sudo poweroff"
}

build {
  sources = [
    "virtualbox-iso.vm",
    "virtualbox-ovf.again",
    "hyperv-iso.vm",
    "parallels-iso.vm",
  ]

  provisioner "shell" {
    inline = ["sudo apt-get -y upgrade"]
  }

  post-processor "vagrant" {
    output            = "{{ .Provider }}.box"
    compression_level = 9
    except            = ["virtualbox-ovf.again"]
  }
}
