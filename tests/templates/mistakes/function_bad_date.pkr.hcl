locals {
  a = formatdate("YYYY-MM-DD", "yesterday")
}
