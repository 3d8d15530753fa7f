# args: -var-file=files/function.pkrvars.hcl
variable "x" {
  default = 2
}
