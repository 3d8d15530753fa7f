local "x" {
  sensitive = true
}
