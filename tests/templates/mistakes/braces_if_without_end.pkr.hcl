source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
  post-processor "compress" {
    output = "{{ if true }}x.tar.gz"
  }
}
