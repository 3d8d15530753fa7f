variable "max" {
  default = 2
  validation {
    condition     = true
    error_message = "Never."
  }
}
