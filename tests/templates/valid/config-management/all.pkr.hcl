source "null" "guest" {
  ssh_host     = "192.0.2.9"
  ssh_username = "root"
  ssh_password = "x"
}

build {
  sources = ["null.guest"]

  provisioner "ansible-local" {
    playbook_file           = "playbooks/site.yml"
    playbook_dir            = "playbooks"
    group_vars              = "playbooks/group_vars"
    extra_arguments         = ["--verbose"]
    clean_staging_directory = true
    inventory_groups        = ["all"]
  }

  provisioner "ansible" {
    playbook_file   = "playbooks/site.yml"
    host_alias      = "guest"
    user            = build.User
    groups          = ["web", "db"]
    empty_groups    = ["lb"]
    extra_arguments = ["-e", "ansible_password=${build.Password}", "--become"]
    inventory_file_template = "{{ .HostAlias }} ansible_host={{ .Host }} ansible_user={{ .User }} ansible_port={{ .Port }}\n"
  }

  provisioner "chef-solo" {
    cookbook_paths = ["cookbooks"]
    roles_path     = "roles"
    run_list       = ["recipe[base]"]
    chef_license   = "accept-silent"
    version        = "17"
    json_string    = jsonencode({ base = { packages = ["vim"] } })
  }

  provisioner "puppet-masterless" {
    manifest_file   = "puppet/site.pp"
    module_paths    = ["puppet/modules"]
    facter          = { role = "base", stage = "${source.name}" }
    extra_arguments = ["--verbose"]
    ignore_exit_codes = false
  }

  provisioner "salt-masterless" {
    local_state_tree = "salt"
    bootstrap_args   = "-x python3"
    log_level        = "warning"
  }
}
