variable "names" {
  default = ["a", "b"]
}

locals {
  text = "names: ${var.names}"
}
