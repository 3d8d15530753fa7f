# Options that a variable leaves empty: an empty text, a zero or an empty list means that nothing was said.

source "qemu" "a" {
  iso_url                  = "https://example.org/x.iso"
  iso_checksum             = "md5:9e107d9d372bb6826bd81d3542a419d6"
  ssh_username             = "root"
  ssh_port                 = 0
  http_port_min            = 0
  http_port_max            = 0
  host_port_min            = 0
  host_port_max            = 0
  vnc_port_min             = 0
  vnc_port_max             = 0
  memory                   = 0
  cpus                     = 0
  disk_size                = ""
  disk_interface           = ""
  disk_cache               = ""
  format                   = ""
  accelerator              = ""
  output_directory         = ""
  vm_name                  = ""
  machine_type             = ""
  net_device               = ""
  communicator             = ""
  shutdown_timeout         = "0s"
  ssh_timeout              = "0s"
  temporary_key_pair_type  = ""
  ssh_file_transfer_method = ""
  http_directory           = ""
  http_bind_address        = ""
  http_network_protocol    = ""
  cd_label                 = ""
  qemu_binary              = ""
  vnc_bind_address         = ""
  iso_target_extension     = ""
  iso_target_path          = ""
  ssh_private_key_file     = ""
}
source "vmware-iso" "a" {
  iso_url              = "https://example.org/x.iso"
  iso_checksum         = "md5:9e107d9d372bb6826bd81d3542a419d6"
  ssh_username         = "root"
  shutdown_command     = "x"
  ssh_port             = 0
  http_port_min        = 0
  vnc_port_min         = 0
  vnc_port_max         = 0
  memory               = 0
  cpus                 = 0
  disk_size            = 0
  version              = 0
  firmware             = ""
  disk_adapter_type    = ""
  disk_type_id         = ""
  cdrom_adapter_type   = ""
  guest_os_type        = ""
  network              = ""
  network_adapter_type = ""
  format               = ""
  remote_type          = ""
  remote_host          = ""
  remote_password      = ""
  serial               = ""
  parallel             = ""
  usb_version          = ""
  tools_mode           = ""
  tools_upload_flavor  = ""
  tools_source_path    = ""
  vmdk_name            = ""
  vmx_template_path    = ""
}
source "vsphere-iso" "a" {
  vcenter_server    = "x"
  username          = "x"
  password          = "abcdefgh"
  vm_name           = "v"
  host              = "x"
  cluster           = ""
  firmware          = ""
  cdrom_type        = ""
  precision_clock   = ""
  guest_os_type     = ""
  datastore_cluster = ""
  vm_version        = 0
  ssh_username      = "x"
  http_port_min     = 0
  iso_url           = ""
  iso_checksum      = ""
  CPUs              = 0
  RAM               = 0
  boot_order        = ""
  http_ip           = ""
  storage {
    disk_size = 100
  }
  network_adapters {
    network_card = "e1000"
  }
}
build {
  sources = ["qemu.a", "vmware-iso.a", "vsphere-iso.a"]
  provisioner "shell" {
    inline              = ["true"]
    script              = ""
    scripts             = []
    execute_command     = ""
    inline_shebang      = ""
    remote_path         = ""
    remote_folder       = ""
    env_var_format      = ""
    pause_before        = "0s"
    start_retry_timeout = "0s"
    environment_vars    = []
  }
  provisioner "powershell" {
    inline            = ["x"]
    execution_policy  = ""
    elevated_user     = ""
    elevated_password = ""
    execute_command   = ""
    remote_path       = ""
  }
  provisioner "file" {
    source      = "playbook.yml"
    destination = "/x"
    direction   = ""
    content     = ""
  }
  provisioner "ansible" {
    playbook_file          = "playbook.yml"
    galaxy_file            = ""
    user                   = ""
    inventory_file         = ""
    inventory_directory    = ""
    host_alias             = ""
    roles_path             = ""
    ansible_proxy_key_type = ""
  }
  provisioner "shell-local" {
    inline             = ["x"]
    script             = ""
    tempfile_extension = ""
    execute_command    = []
  }
  post-processor "vagrant" {
    output               = ""
    vagrantfile_template = ""
    provider_override    = ""
    architecture         = ""
  }
  post-processor "checksum" {
    checksum_types = []
    output         = ""
  }
  post-processor "compress" {
    output = ""
    format = ""
  }
  post-processor "manifest" {
    output = ""
  }
}
