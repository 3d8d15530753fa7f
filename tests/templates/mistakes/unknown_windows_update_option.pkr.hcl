source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
  provisioner "windows-update" {
    search_criterion = "IsInstalled=0"
    filter           = ["include:$true"]
  }
}
