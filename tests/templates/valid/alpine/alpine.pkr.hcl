locals {
  version = "3.20.3"
  branch  = join(".", slice(split(".", local.version), 0, 2))
  answers = <<-EOF
    KEYMAPOPTS="us us"
    HOSTNAMEOPTS="-n alpine"
    INTERFACESOPTS="auto lo
    iface lo inet loopback

    auto eth0
    iface eth0 inet dhcp
    "
    TIMEZONEOPTS="-z UTC"
    PROXYOPTS="none"
    APKREPOSOPTS="-1"
    SSHDOPTS="-c openssh"
    NTPOPTS="-c chrony"
    DISKOPTS="-m sys /dev/vda"
  EOF
}

source "qemu" "alpine" {
  iso_url          = "https://dl-cdn.alpinelinux.org/alpine/v${local.branch}/releases/x86_64/alpine-virt-${local.version}-x86_64.iso"
  iso_checksum     = "sha256:81df854fbd7327d293c726b1eeeb82061d3bc8f5a86a6f77eea720f6be372261"
  http_content     = { "/answers" = local.answers }
  boot_wait        = "25s"
  # Steps with a description each, as -debug shows them.
  boot_steps = [
    ["root<enter><wait>", "log in"],
    ["ifconfig eth0 up && udhcpc -i eth0<enter><wait5>", "network"],
    ["wget http://{{ .HTTPIP }}:{{ .HTTPPort }}/answers<enter><wait>", "fetch the answers"],
    ["ERASE_DISKS=/dev/vda setup-alpine -f $PWD/answers<enter><wait5>", "install"],
    ["s3cret<enter><wait>s3cret<enter><wait10s>"],
    ["mount /dev/vda3 /mnt && echo 'PermitRootLogin yes' >> /mnt/etc/ssh/sshd_config<enter>"],
    ["reboot<enter>"],
  ]
  disk_size        = "1g"
  memory           = 256
  headless         = true
  ssh_username     = "root"
  ssh_password     = "s3cret"
  ssh_timeout      = "5m"
  shutdown_command = "/sbin/poweroff"
}

build {
  sources = ["qemu.alpine"]
  provisioner "shell" {
    inline_shebang = "/bin/sh -ex"
    inline         = ["apk add --no-cache qemu-guest-agent", "rc-update add qemu-guest-agent"]
  }
  post-processors {
    post-processor "ova" {
      output = "alpine-${local.version}.ova"
    }
    post-processor "manifest" {}
  }
}
