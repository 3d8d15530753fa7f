source "null" "debian" {
  communicator = "none"
}

build {
  sources = ["source.null.debain"]
}
