variable "x" {
  type    = strnig
  default = "y"
}
