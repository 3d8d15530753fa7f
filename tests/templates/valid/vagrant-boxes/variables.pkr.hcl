variable "distro" {
  type        = string
  description = "The distribution."
}
variable "release" {
  type        = string
  description = "Its release."
}
variable "arch" {
  type = string
  validation {
    condition     = var.arch == "x86_64" || var.arch == "aarch64"
    error_message = "Boxes are made for x86_64 and aarch64."
  }
  description = "x86_64 or aarch64"
}
variable "windows" {
  type        = bool
  default     = false
  description = "Whether the guest is a Windows."
}
variable "http_proxy" {
  type    = string
  default = env("http_proxy")
}
variable "no_proxy" {
  type    = string
  default = env("no_proxy")
}
variable "enabled" {
  type = list(string)
  default = [
    "source.parallels-iso.vm",
    "source.qemu.vm",
    "source.virtualbox-iso.vm",
    "source.vmware-iso.vm",
  ]
}
variable "qemu_accelerator" {
  type    = string
  default = null
}
variable "qemu_display" {
  type    = string
  default = "none"
}
variable "qemu_machine_type" {
  type    = string
  default = null
}
variable "qemu_efi_boot" {
  type    = bool
  default = true
}
variable "qemuargs" {
  type    = list(list(string))
  default = null
}
variable "vmware_guest_os_type" {
  type    = string
  default = null
}
variable "vmware_vmx_data" {
  type    = map(string)
  default = { "svga.autodetect" = true, "usb_xhci.present" = true }
}
variable "boot_command" {
  type    = list(string)
  default = null
}
variable "boot_wait" {
  type    = string
  default = null
}
variable "cpus" {
  type    = number
  default = 2
}
variable "memory" {
  type    = number
  default = null
}
variable "disk_size" {
  type    = number
  default = 65536
}
variable "floppy_files" {
  type    = list(string)
  default = null
}
variable "http_directory" {
  type    = string
  default = null
}
variable "iso_url" {
  type    = string
  default = null
}
variable "iso_checksum" {
  type    = string
  default = null
}
variable "ssh_timeout" {
  type    = string
  default = null
}
variable "vm_name" {
  type    = string
  default = null
}
