variable "from_json" {
  type = map(list(number))
}
variable "flag" {
  type    = bool
  default = false
}
build {
  sources = ["null.from_json"]
  provisioner "shell-local" {
    inline = ["echo ${length(var.from_json.a)} ${local.from_json} $${HOME} %%{x}"]
  }
}
