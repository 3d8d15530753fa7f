build {
  name        = "ubuntu"
  description = <<EOT
Everything the guest gets is written by templatefile.
EOT

  sources = ["source.qemu.jammy"]

  dynamic "provisioner" {
    for_each = local.files
    labels   = ["file"]
    content {
      source      = "${path.root}/files/${provisioner.value}"
      destination = "/tmp/${basename(provisioner.value)}"
    }
  }

  provisioner "shell" {
    inline = [for f in local.files : "sudo install -m 0644 /tmp/${basename(f)} /etc/${f}"]
    env    = { AUTH = local.secret, NAME = "${build.name}-${source.name}" }
  }
}
