locals {
  a = 1
}
/* the rest is left out
build {
  sources = []
}
