# hash
// slashes
/* stars
   over lines */
variable "größe_änderung-1" { default = 1 } // after a block
variable "empty" {}
variables {}
locals {
  a = /* in the middle */ "x" # at the end
  quoted = 1
  名前 = "${local.a}${"${local.quoted}"}"
  one = { a = 1, b : 2, (local.a) = 3, "c d" = 4,
  }
  list = [
    1,
    2, # two
  ]
  wrap = (
    1 +
    2
  )
  dash-name = 1
  minus     = local.dash-name - 1
  call      = max(
    1,
    2,
  )
  spread    = max([1, 2]...)
  crlf      = <<EOT
line
EOT
}
source "null" "a" { communicator = "none" }
source null "b" {
  communicator = "none"
}
build { sources = ["source.null.a", "null.b"] }
build {
  sources = ["null.a"]
  provisioner shell-local {
    inline = [<<-EOT
      echo ${var.größe_änderung-1} ${local.名前}
    EOT
    , "true"]
  }
}
