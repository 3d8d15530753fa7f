data "null" "one" {
  input = "1"
}

locals {
  one = data.null.on.output
}
