source "null" "a" {
  communicator = "none"
}

hcp_packer_registry {
  bucket_name = "golden-images"
  description = "Golden images"
  bucket_labels = {
    "os" = "linux"
  }
  build_labels = {
    "build-time" = timestamp()
  }
}

build {
  sources = ["source.null.a"]
}
