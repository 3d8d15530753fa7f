source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
  provisioner "shell" {
    scripts = ["files/present.sh", "files/absent.sh"]
  }
}
