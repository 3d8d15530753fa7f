variable "max" {
  default = 2
  validation {
    condition     = var.max > 1
    error_message = "too small"
  }
}
