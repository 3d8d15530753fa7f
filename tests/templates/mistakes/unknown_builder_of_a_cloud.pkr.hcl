source "amazon-ebs" "a" {
  region = "eu-central-1"
}

build {
  sources = ["amazon-ebs.a"]
}
