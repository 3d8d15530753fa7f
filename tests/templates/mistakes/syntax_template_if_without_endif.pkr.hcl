locals {
  text = "%{ if true }yes"
}
