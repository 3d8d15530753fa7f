locals {
  text = templatefile("files/absent.pkrtpl", {})
}
