variable "vm" {
  default = { memory = 512, cpus = 2 }
}

locals {
  memory = var.vm.memroy
}
