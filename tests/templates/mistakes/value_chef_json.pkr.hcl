source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
  provisioner "chef-solo" {
    run_list    = ["recipe[base]"]
    json_string = "{ base: 1 }"
  }
}
