locals {
  letter = "\u00g1"
}
