variable "vm" {
  type = object({ name = string, cpus = number })
  default = {
    name = "x"
  }
}
