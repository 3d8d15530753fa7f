variable "endpoint" { type = string }
variable "user" {
  type      = string
  sensitive = true
}
variable "secret" {
  type      = string
  sensitive = true
}
variable "transport" {
  type    = string
  default = "disk"
}
variable "export_ovf" {
  type    = bool
  default = true
}
variable "registry" {
  type    = bool
  default = false
}
variable "proxy" {
  type = object({
    host = optional(string)
    port = optional(number)
  })
  default = {}
}
variable "partitions" {
  type = list(object({
    name = string
    size = number
    format = object({
      label  = string
      fstype = string
    })
    mount = object({
      path    = string
      options = string
    })
    volume_group = optional(string, "")
  }))
  default = [
    {
      name = "boot"
      size = 1024
      format = {
        label  = "BOOTFS"
        fstype = "ext4"
      },
      mount = {
        path    = "/boot"
        options = ""
      },
    },
    {
      name   = "root"
      size   = -1
      format = { label = "", fstype = "ext4" }
      mount  = { path = "/", options = "" }
    }
  ]
}
