packer {
  required_plugins {
    qemu = { source = "github.com/hashicorp/qemu", version = "~> 1" }
  }
  required_plugins {
    ansible = {
      source  = "github.com/hashicorp/ansible"
      version = ">= 1, < 3, != 2.0.1"
    }
  }
}
packer {
  required_version = ">=1.7,<2"
}
communicator "ssh" "vagrant" {
  ssh_username = "vagrant"
}
variable "any" {
  type    = any
  default = null
}
variable "tuple" {
  type    = tuple([string, number, bool])
  default = ["a", "2", "true"]
}
variable "nested" {
  type = map(map(list(string)))
  default = {
    a = { b = ["c"] }
  }
}
variable "deep" {
  type = list(object({
    name  = string
    disks = optional(list(object({ size = optional(number, 10), type = optional(string) })), [{}])
    tags  = optional(map(string), {})
  }))
  default = [{ name = "a" }, { name = "b", disks = [{ size = "20" }], extra = 1 }]
}
variable "secret_list" {
  type      = list(string)
  default   = ["alpha-secret", "beta-secret"]
  sensitive = true
}
locals {
  sizes   = var.deep[*].disks[*].size
  flat    = flatten(var.deep[*].disks)
  names   = { for d in var.deep : d.name => [for k in d.disks : k.size if k.size != null] }
  by      = { for i, d in var.deep : d.name => i... }
  cond    = var.any == null ? "none" : "some"
  script  = <<-EOT
    %{ for name, sizes in local.names ~}
    %{ if length(sizes) > 1 ~}
    many ${name}
    %{ else ~}
    one ${name}=${sizes[0]}
    %{ endif ~}
    %{ endfor ~}
    $${HOME} %%{x} ${"quoted \"${local.cond}\""}
  EOT
  op      = !(1 < 2) || 3 >= 2 && "a" != "b"
  neg     = -(-3)
  idx     = var.nested["a"].b[0]
  chain   = try(var.any.x.y, var.nested.a.b, [])
  conv    = convert({ a = 1, b = true }, map(string))
  tpl     = format("%-10s|%05d|%x|%v", "a", 12, 255, [1, 2])
}
source "qemu" "x" {
  iso_url          = "https://example.org/x.iso"
  iso_checksum     = "sha256:ee8d8579128977d7dc39d48f43aec5ab06b7f09e1f40a9d98f2a9d149221704a"
  ssh_username     = "root"
  ssh_password     = var.secret_list[0]
  vm_name          = "${source.name}-${source.type}"
  qemuargs         = [["-m", 1024], ["-smp", 2], ["-device", "x,y=${local.idx}"]]
  http_content     = { for i in range(2) : "/f${i}" => "content ${i}" }
  disk_additional_size = ["1G", "2048M"]
  host_port_min    = 2222
  host_port_max    = 2222
  boot_wait        = "1m30s"
  boot_command     = [for c in split(",", "a,b") : "<${c}On>${c}<${c}Off><wait1s500ms>"]
  ssh_public_key   = null
  shutdown_timeout = "1h"
}
build {
  name    = "corner.case-1"
  sources = ["source.qemu.x"]
  hcp_packer_registry {
    bucket_name = "abc"
  }
  from "x" {
    y = 1
  }
  provisioner "shell" {
    inline = [
      "echo ${build.PackerHTTPIP}:${build.PackerHTTPPort} ${build.PackerHTTPAddr} ${build.ConnType} ${build.SSHPublicKey} ${build.SSHPrivateKey} ${build.WinRMPassword} ${build.ID} ${build.name}",
      "echo {{ build `PackerHTTPAddr` }} {{ .HTTPIP }} {{timestamp}} {{isotime \"2006\"}} {{ upper `a` }} {{ split `a-b` `-` 0 }} {{ replace_all `a` `b` `aa` }} {{ uuid }} {{ pwd }} {{ packer_version }} {{ build_type }}",
    ]
    override = {
      "qemu.x" = { inline = ["x"] }
      x        = { execute_command = "sh {{.Path}}" }
    }
    pause_before = "10s"
    timeout      = "1h"
    max_retries  = 2
  }
  provisioner "file" {
    sources     = ["generated-later"]
    destination = "/tmp/"
    generated   = true
  }
  provisioner "shell-local" {
    inline           = [local.script]
    valid_exit_codes = [0, 1]
    inline_shebang   = "/usr/bin/env bash"
    tempfile_extension = "sh"
  }
  post-processor "shell-local" {
    name   = "push"
    inline = ["echo ${build.Host}"]
    only   = ["qemu.x"]
  }
  post-processor "manifest" {
    custom_data = {
      n = 1
      b = true
      s = build.PackerRunUUID
    }
  }
}
