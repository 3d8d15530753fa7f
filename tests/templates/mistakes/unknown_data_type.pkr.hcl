data "htp" "page" {
  url = "https://example.org/"
}

source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
}
