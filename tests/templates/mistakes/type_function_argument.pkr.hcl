locals {
  joined = join(",", "a")
}
