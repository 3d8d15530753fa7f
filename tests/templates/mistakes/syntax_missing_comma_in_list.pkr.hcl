build {
  sources = [
    "null.a"
    "null.b"
  ]
}
