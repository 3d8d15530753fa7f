source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
  provisioner "windows-shell" {
    scripts = ["files/absent.bat"]
  }
}
