variable "max" {
  default = 2
  validation {
    condition     = "${var.max}x"
    error_message = "Too small."
  }
}
