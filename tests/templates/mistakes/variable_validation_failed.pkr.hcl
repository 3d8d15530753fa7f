variable "disk" {
  default = "10"
  validation {
    condition     = can(regex("^[0-9]+[MG]$", var.disk))
    error_message = "A disk's size ends in M or G."
  }
}

source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
}
