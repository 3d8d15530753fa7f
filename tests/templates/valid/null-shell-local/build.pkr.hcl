source "null" "local" {
  communicator = "none"
}

source "null" "remote" {
  ssh_host     = "192.0.2.10"
  ssh_username = "root"
  ssh_password = "x"
  ssh_bastion_host     = "bastion.example.org"
  ssh_bastion_username = "jump"
  ssh_bastion_password = "y"
  ssh_local_tunnels    = ["8080:127.0.0.1:80"]
}

source "null" "windows" {
  communicator   = "winrm"
  winrm_host     = "192.0.2.20"
  winrm_username = "Administrator"
  winrm_password = "x"
  winrm_no_proxy = true
}

build {
  name = "host"
  source "null.local" {
    name = "one"
  }
  source "source.null.local" {
    name = "two"
  }

  provisioner "shell-local" {
    inline = ["echo $GREETING from ${source.name}; id=${build.ID}"]
    env    = { GREETING = "hello" }
    only_on = ["linux", "darwin"]
  }
  provisioner "shell-local" {
    execute_command = ["/bin/sh", "-c", "{{.Vars}} /bin/bash {{.Script}}"]
    script          = "hello.sh"
    only            = ["null.one"]
  }
  provisioner "breakpoint" {
    disable = true
    note    = "look here"
  }
  provisioner "sleep" {
    duration = "100ms"
  }
  post-processor "manifest" {
    output = "/tmp/manifest.json"
  }
}

build {
  sources = ["null.remote"]
  provisioner "shell" {
    inline          = ["hostname"]
    remote_folder   = "/var/tmp"
    remote_file     = "step.sh"
    skip_clean      = true
    start_retry_timeout = "1m"
  }
  provisioner "file" {
    direction   = "download"
    sources     = ["/etc/hostname", "/etc/os-release"]
    destination = "facts/"
  }
  provisioner "file" {
    content     = "key=${uuidv4()}\n"
    destination = "/etc/key"
  }
}

build {
  sources = ["null.windows"]
  provisioner "windows-shell" {
    inline = ["ver"]
  }
}
