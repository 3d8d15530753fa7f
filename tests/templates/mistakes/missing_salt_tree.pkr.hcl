source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
  provisioner "salt-masterless" {
    local_state_tree = "files/absent"
  }
}
