variable "memory" {
  default = "2G"
}

locals {
  half = var.memory / 2
}
