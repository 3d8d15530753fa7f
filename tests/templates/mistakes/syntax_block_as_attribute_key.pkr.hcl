locals {
  "name" "other" = 1
}
