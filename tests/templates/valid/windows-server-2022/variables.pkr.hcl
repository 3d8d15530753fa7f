variable "vsphere" {
  type = object({
    server     = string
    user       = string
    password   = string
    datacenter = string
    cluster    = string
    datastore  = string
    network    = string
    insecure   = optional(bool, true)
  })
}
variable "admin" {
  type      = string
  sensitive = true
}
variable "edition" {
  type    = string
  default = "standard-core"
  validation {
    condition     = contains(["standard-core", "standard-desktop", "datacenter-core", "datacenter-desktop"], var.edition)
    error_message = "Unknown edition!"
  }
}
variable "image_index" {
  type = map(number)
  default = {
    standard-core      = 1
    standard-desktop   = 2
    datacenter-core    = 3
    datacenter-desktop = 4
  }
}
