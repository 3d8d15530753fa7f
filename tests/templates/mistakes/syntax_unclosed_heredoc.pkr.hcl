locals {
  text = <<EOT
line one
  EOTT
}
