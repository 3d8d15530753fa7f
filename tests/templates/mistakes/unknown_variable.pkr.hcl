variable "disk_size" {
  default = "10G"
}

locals {
  size = var.disksize
}
