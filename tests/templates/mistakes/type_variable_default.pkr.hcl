variable "cpus" {
  type    = number
  default = "two"
}
