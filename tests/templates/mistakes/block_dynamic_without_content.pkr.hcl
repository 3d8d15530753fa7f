source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
  dynamic "provisioner" {
    for_each = ["x"]
    labels   = ["shell-local"]
  }
}
