# args: -var-file=files/absent.pkrvars.hcl
source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
}
