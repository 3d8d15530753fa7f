variable "1st" {
  default = "x"
}
