source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
  provisioner "shell-local" {
    inline       = ["true"]
    max_retries  = "often"
    pause_before = "soon"
  }
}
