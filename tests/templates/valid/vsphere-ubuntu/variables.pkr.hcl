/*
    Everything that differs between data centres.
*/

variable "vsphere_endpoint" {
  type        = string
  description = "The fully qualified domain name or IP address of the vCenter Server instance."
}
variable "vsphere_username" {
  type      = string
  sensitive = true
}
variable "vsphere_password" {
  type      = string
  sensitive = true
}
variable "vsphere_cluster" {
  type    = string
  default = null
}
variable "vsphere_host" {
  type    = string
  default = null
}
variable "vm_cpu_hot_add" {
  type    = bool
  default = false
}
variable "vm_disks" {
  type = list(object({
    size = number
    thin = bool
    ctrl = optional(number)
  }))
  default = [
    { size = 40960, thin = true },
    { size = 10240, thin = false, ctrl = 0 },
  ]
}
variable "vm_networks" {
  type    = map(string)
  default = { "VM Network" = "vmxnet3" }
}
variable "common_vm_version" {
  type    = number
  default = 20
}
variable "content_library" {
  type    = string
  default = null
}
variable "boot_media" {
  type    = string
  default = "cdrom"
  validation {
    condition     = can(index(["http", "cdrom"], var.boot_media))
    error_message = "The data source is either http or cdrom."
  }
}
