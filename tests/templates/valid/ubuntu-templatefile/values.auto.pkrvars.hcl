hostname = "jammy"
user = {
  name     = "ops"
  password = "ops"
  keys     = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHnotarealkeynotarealkeynotarealkeynotare ops"]
}
packages = ["curl", "jq", "curl"]
