source "null" "a-${var.x}" {
  communicator = "none"
}
