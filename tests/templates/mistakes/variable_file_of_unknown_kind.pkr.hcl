# args: -var-file=files/values.yaml
variable "x" {
  default = 2
}
