source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
  provisioner "powershell" {
    inline            = ["Get-Date"]
    elevated_password = "not-so-secret"
  }
}
