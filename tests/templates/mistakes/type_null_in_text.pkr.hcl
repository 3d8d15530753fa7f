variable "suffix" {
  default = null
}

locals {
  name = "debian-${var.suffix}"
}
