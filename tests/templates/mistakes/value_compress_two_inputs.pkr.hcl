source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
  post-processor "compress" {
    output = "x.rar"
    format = "rar"
  }
  post-processor "manifest" {
    custom_data = ["a"]
  }
}
