dynamic "source" {
  for_each = ["a"]
  labels   = ["null", "a"]
  content {
    communicator = "none"
  }
}
