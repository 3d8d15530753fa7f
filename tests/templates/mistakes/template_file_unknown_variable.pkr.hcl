locals {
  text = templatefile("files/greeting.pkrtpl", { name = "x", greet = true })
}
