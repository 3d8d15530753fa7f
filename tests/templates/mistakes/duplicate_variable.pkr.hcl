variable "memory" {
  default = 512
}

variables {
  memory = 1024
}
