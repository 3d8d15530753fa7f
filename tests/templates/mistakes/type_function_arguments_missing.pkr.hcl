locals {
  joined = replace("a", "b")
}
