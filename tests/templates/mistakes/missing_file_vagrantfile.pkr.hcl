source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
  post-processor "vagrant" {
    vagrantfile_template = "files/absent.rb"
  }
}
