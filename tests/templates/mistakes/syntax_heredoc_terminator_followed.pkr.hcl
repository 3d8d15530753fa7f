locals {
  list = [<<-EOT
    one
  EOT, "two"]
}
