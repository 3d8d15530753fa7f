locals {
  # The names of all sources, to leave them out where the other family is meant.
  scripts = var.windows ? [] : (
    var.distro == "debian" || var.distro == "ubuntu" ? [
      "${path.root}/scripts/common/motd.sh",
      "${path.root}/scripts/common/sshd.sh",
    ] : ["${path.root}/scripts/common/sshd.sh"]
  )
  source_names = [for source in var.enabled : trimprefix(source, "source.")]
}

build {
  sources = var.enabled

  # Everything but Windows
  provisioner "shell" {
    environment_vars = [
      "HOME_DIR=/home/vagrant",
      "http_proxy=${var.http_proxy}",
      "no_proxy=${var.no_proxy}"
    ]
    execute_command   = "echo 'vagrant' | {{.Vars}} sudo -S -E sh -eux '{{.Path}}'"
    expect_disconnect = true
    scripts           = local.scripts
    except            = var.windows ? local.source_names : null
  }

  provisioner "windows-restart" {
    except = var.windows ? null : local.source_names
  }
  provisioner "powershell" {
    elevated_password = "vagrant"
    elevated_user     = "vagrant"
    inline            = ["Write-Output done"]
    except            = var.windows ? null : local.source_names
  }

  # One box for each hypervisor
  post-processor "vagrant" {
    compression_level    = 9
    output               = "${path.root}/../out/${var.distro}-${var.release}-${var.arch}.{{ .Provider }}.box"
    vagrantfile_template = var.windows ? "${path.root}/vagrantfile-windows.template" : null
  }
}
