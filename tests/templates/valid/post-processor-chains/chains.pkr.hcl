variable "publish" {
  type    = bool
  default = false
}

locals {
  version = "1.2.${formatdate("YYYYMMDD", timestamp())}"
}

source "qemu" "img" {
  iso_url          = "https://example.org/disk.img"
  iso_checksum     = "sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709"
  disk_image       = true
  skip_resize_disk = true
  ssh_username     = "root"
  ssh_password     = "x"
  shutdown_command = "poweroff"
  output_directory = "out"
  vm_name          = "img.qcow2"
}

build {
  sources = ["qemu.img"]

  # One after the other.
  post-processors {
    post-processor "ova" {
      output              = "out/img.ova"
      keep_input_artifact = true
    }
    post-processor "checksum" {
      checksum_types = ["sha256"]
      output         = "out/img.ova.sha256"
    }
    post-processor "manifest" {
      output = "out/ova.json"
      custom_data = {
        version = local.version
        host    = "{{ .Host }}"
      }
    }
  }

  post-processors {
    post-processor "vagrant" {
      output               = "out/{{ .BuildName }}_{{ .Provider }}_{{ .Architecture }}.box"
      compression_level    = 0
      architecture         = "amd64"
      keep_input_artifact  = true
      vagrantfile_template = "Vagrantfile.erb"
      vagrantfile_template_generated = true
    }
    post-processor "vagrant-cloud" {
      except       = var.publish ? [] : ["qemu.img"]
      access_token = "token"
      box_tag      = "nobody/img"
      version      = local.version
      no_release   = true
    }
  }

  post-processors {
    post-processor "compress" {
      output            = "out/img.{{ .BuilderType }}.tar.gz"
      compression_level = 9
    }
    post-processor "artifice" {
      files = ["out/*.tar.gz", "out/*.sha256"]
    }
    post-processor "shell-local" {
      name             = "sign"
      environment_vars = ["VERSION=${local.version}"]
      inline           = ["gpg --batch --detach-sign out/*.tar.gz || true"]
      execute_command  = ["bash", "-c", "{{.Vars}} {{.Script}}"]
      valid_exit_codes = [0, 2]
    }
  }

  post-processor "shell-local" {
    inline = ["ls -l out"]
    keep_input_artifact = true
  }
}
