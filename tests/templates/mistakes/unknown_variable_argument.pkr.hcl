variable "x" {
  type     = string
  default  = "y"
  nullable = false
}
