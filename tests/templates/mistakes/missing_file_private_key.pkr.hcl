source "null" "a" {
  ssh_host             = "192.0.2.1"
  ssh_username         = "root"
  ssh_private_key_file = "files/absent_key"
}

build {
  sources = ["null.a"]
}
