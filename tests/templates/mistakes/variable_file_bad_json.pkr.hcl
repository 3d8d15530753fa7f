# args: -var-file=files/comma.pkrvars.json
variable "x" {
  default = 2
}
