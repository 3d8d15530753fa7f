locals {
  name = “debian”
}
