data "http" "page" {
  url = "https://example.org/"
}

source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
  provisioner "shell-local" {
    inline = ["echo ${data.http.page.bodi}"]
  }
}
