packer {
  required_plugins {
    amazon = { version = ">= 1.2.8", source = "github.com/hashicorp/amazon" }
    qemu   = { version = ">= 1.0.0", source = "github.com/hashicorp/qemu" }
    docker = { version = ">= 1.0.8", source = "github.com/hashicorp/docker" }
  }
}

variable "region" {
  default = "eu-central-1"
}

data "amazon-ami" "base" {
  filters     = { name = "debian-12-amd64-*", virtualization-type = "hvm" }
  owners      = ["111111111111"]
  most_recent = true
  region      = var.region
}

source "amazon-ebs" "debian" {
  source_ami    = data.amazon-ami.base.id
  instance_type = "t3.small"
  region        = var.region
  ami_name      = "debian-{{timestamp}}"
  ssh_username  = "admin"
  tags          = { Name = "debian", Base = "{{ .SourceAMIName }}" }

  launch_block_device_mappings {
    device_name = "/dev/xvda"
    volume_size = 20
  }
}

source "docker" "debian" {
  image   = "debian:12"
  commit  = true
  changes = ["CMD [\"/bin/sh\"]"]
}

source "qemu" "debian" {
  iso_url          = "https://example.org/debian.qcow2"
  iso_checksum     = "sha256:8fde79cfc6b20a696200fc5c15219cf6d721e8feb367e9e0e33a79d1cb68fa83"
  disk_image       = true
  ssh_username     = "debian"
  ssh_password     = "x"
  shutdown_command = "sudo poweroff"
}

build {
  name    = "cloud"
  sources = ["amazon-ebs.debian", "docker.debian"]
  provisioner "inspec" {
    profile = "https://github.com/dev-sec/linux-baseline"
  }
  post-processor "docker-tag" {
    repository = "nobody/debian"
    only       = ["docker.debian"]
  }
}

build {
  name    = "local"
  sources = ["qemu.debian"]
  provisioner "shell" {
    inline = ["sudo apt-get -y upgrade"]
  }
}
