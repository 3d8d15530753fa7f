variable "home" {
  default = upper("x")
}
