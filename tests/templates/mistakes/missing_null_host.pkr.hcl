source "null" "a" {
  ssh_username = "root"
}

build {
  sources = ["null.a"]
}
