variable "hostname" {
  type        = string
  description = "The guest's name."

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,30}$", var.hostname))
    error_message = "A host name has small letters, digits and dashes."
  }
}

variable "user" {
  type = object({
    name     = string
    password = string
    groups   = optional(list(string), ["sudo"])
    keys     = optional(list(string), [])
  })
  sensitive = true
}

variable "packages" {
  type    = set(string)
  default = []
}

variable "disk" {
  type = object({
    size = optional(string, "20G")
    swap = optional(number, 0)
  })
  default = {}
}

variable "network" {
  type    = map(string)
  default = {}
}
