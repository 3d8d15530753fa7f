# args: -var-file=files/block.pkrvars.hcl
variable "x" {
  default = 2
}
