variable "min" {
  default = 1
}

variable "max" {
  default = 2
  validation {
    condition     = var.max > var.min
    error_message = "The maximum is above the minimum."
  }
}
