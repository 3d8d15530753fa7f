variable "arch" {
  type    = string
  default = "amd64"
}

variable "iso" {
  type    = string
  default = "${env("INSTALLER_ISO")}"
}

variable "proxy" {
  type    = string
  default = "${env("https_proxy")}"
}

variable "customize" {
  type        = string
  default     = "/dev/null"
  description = "A script to run in the image, if any."
}

variable "from_disk" {
  type    = bool
  default = true
}

variable "tpm" {
  type    = string
  default = ""
}

variable "kernel" {
  type    = string
  default = ""
}
