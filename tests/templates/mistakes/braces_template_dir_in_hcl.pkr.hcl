source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
  provisioner "shell-local" {
    script = "{{ template_dir }}/files/present.sh"
  }
}
