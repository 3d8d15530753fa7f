source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
  post-processors {
    provisioner "shell-local" {
      inline = ["true"]
    }
  }
}
