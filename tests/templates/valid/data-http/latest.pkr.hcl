data "http" "sums" {
  url             = "https://cloud.debian.org/images/cloud/bookworm/latest/SHA512SUMS"
  request_headers = { Accept = "text/plain" }
}

data "http" "keys" {
  url    = "https://example.org/keys/${data.null.user.output}.json"
  method = "GET"
}

data "null" "user" {
  input = local.user
}

data "null" "unused" {
  input = jsonencode({ a = [1, 2] })
}

locals {
  user = "ops"
  line = [for l in split("\n", data.http.sums.body) : l if length(regexall("genericcloud-amd64.qcow2$", l)) > 0]
  sum  = try(split(" ", local.line[0])[0], "none")
  keys = jsondecode(data.http.keys.body)
}

source "qemu" "debian" {
  disk_image   = true
  iso_url      = "https://cloud.debian.org/images/cloud/bookworm/latest/debian-12-genericcloud-amd64.qcow2"
  iso_checksum = "sha512:${local.sum}"
  ssh_username = "debian"
  ssh_agent_auth = false
  shutdown_command = "sudo poweroff"
  headless     = true
  cd_label     = "cidata"
  cd_content = {
    "meta-data" = ""
    "user-data" = "#cloud-config\nssh_authorized_keys: ${jsonencode([for k in local.keys : k.key])}\n"
  }
}

build {
  sources = ["qemu.debian"]
  provisioner "shell" {
    inline = ["echo ${data.null.user.output} ${length(local.line)}"]
  }
}
