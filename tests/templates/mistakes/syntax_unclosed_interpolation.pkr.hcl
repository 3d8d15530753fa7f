locals {
  name = "x-${upper("y")"
}
