source "qemuu" "a" {
  ssh_username = "root"
}

build {
  sources = ["qemuu.a"]
}
