locals {
  root      = abspath(path.root)
  files     = fileset("${path.root}/files", "**/*.conf")
  build_tag = lower(replace(basename(path.root), "_", "-"))
  user_data = templatefile("${path.root}/templates/user-data.pkrtpl.hcl", {
    hostname = var.hostname
    user     = var.user
    packages = var.packages
    swap     = var.disk.swap
    dns      = lookup(var.network, "dns", "")
  })
  seed = {
    "user-data" = local.user_data
    "meta-data" = file("${path.root}/templates/meta-data")
  }
}

local "secret" {
  expression = base64encode("${var.user.name}:${var.user.password}")
  sensitive  = true
}
