source "null" "base" {
  ssh_host     = "192.0.2.1"
  ssh_username = "u"
}

source "qemu" "base" {
  iso_url          = "https://example.org/x.iso"
  iso_checksum     = "md5:9e107d9d372bb6826bd81d3542a419d6"
  shutdown_command = "poweroff"
}

build {
  name        = "site"
  description = "The same machine, in several places."

  source "null.base" {
    name         = "frankfurt"
    ssh_password = "a"
  }

  source "null.base" {
    name         = "lisbon"
    ssh_port     = 2022
    ssh_password = "b"
  }

  source "qemu.base" {
    name             = "disk"
    output_directory = "out/disk"
    ssh_username     = "root"
    ssh_password     = "c"
  }

  provisioner "shell" {
    name   = "everywhere"
    inline = ["echo ${source.type}.${source.name} ${build.Host}:${build.Port} as ${build.User} (${build.name})"]
    override = {
      lisbon = {
        inline        = ["echo ola"]
        remote_folder = "/var/tmp"
      }
      disk = {
        execute_command = "{{.Vars}} sh '{{.Path}}'"
      }
      nowhere = {
        inline = ["never"]
      }
    }
  }

  provisioner "shell" {
    only              = ["null.frankfurt", "null.lisbon"]
    inline            = ["false"]
    continue_on_error = true
    max_retries       = 1
    timeout           = "5m"
  }

  provisioner "file" {
    except      = ["qemu.disk"]
    content     = "{{ build `ID` }} ${build.PackerRunUUID}"
    destination = "/tmp/id"
  }

  error-cleanup-provisioner "shell-local" {
    inline = ["echo broken ${source.name}"]
  }

  post-processor "manifest" {
    name   = "list"
    only   = ["qemu.disk"]
    output = "out/${build.name}.json"
  }
}

build {
  sources = ["source.null.base"]
  source "null.base" {
    name         = "again"
    ssh_password = "d"
  }
  provisioner "shell" {
    inline = ["true"]
    override = {
      base = { inline = ["false"] }
    }
  }
}
