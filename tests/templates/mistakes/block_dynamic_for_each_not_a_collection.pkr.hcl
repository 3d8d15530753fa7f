source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
  dynamic "provisioner" {
    for_each = 3
    labels   = ["shell-local"]
    content {
      inline = ["true"]
    }
  }
}
