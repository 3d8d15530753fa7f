source "null" "a" {
  ssh_host       = "192.0.2.1"
  ssh_username   = "root"
  ssh_password   = "x"
  ssh_agent_auth = true
}

build {
  sources = ["null.a"]
}
