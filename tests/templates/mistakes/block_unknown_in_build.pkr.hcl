source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]

  provisoner "shell-local" {
    inline = ["true"]
  }
}
