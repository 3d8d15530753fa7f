source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
  provisioner "ansible" {
    playbook_file = "files/absent.yml"
  }
}
