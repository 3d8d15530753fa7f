locals {
  here = path.module
}
