locals {
  path = "C:\Windows\System32"
}
