# args: -var memory
variable "memory" {
  default = 512
}
