source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
  provisioner "powershell" {
    inline           = ["Get-Date"]
    execution_policy = "anything"
    debug_mode       = 3
  }
}
