variable "x" {
  value = 1
}
