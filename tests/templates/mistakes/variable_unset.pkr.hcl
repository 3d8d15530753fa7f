variable "password" {
  type = string
}

variable "user" {
  type        = string
  description = "Who logs in."
}

source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
}
