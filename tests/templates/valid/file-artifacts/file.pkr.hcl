locals {
  targets = { for n in range(3) : "n${n}" => n * n }
  doc = jsonencode({
    built   = timestamp()
    targets = local.targets
    nested  = { list = [1, 2.5, "x", null, true] }
  })
}

source "file" "doc" {
  content = local.doc
  target  = "out/${source.name}.json"
}

source "file" "copy" {
  source = "input.txt"
  target = "out/copy.txt"
}

build {
  sources = ["file.doc", "file.copy"]

  post-processors {
    post-processor "compress" {
      output = "out/{{.BuildName}}.zip"
      keep_input_artifact = true
    }
    post-processor "checksum" {
      checksum_types = ["md5", "sha1", "sha224", "sha256", "sha384", "sha512"]
      output         = "out/{{.BuildName}}.{{.ChecksumType}}"
    }
  }

  post-processor "artifice" {
    files = ["out/*.zip"]
    only  = ["file.doc"]
  }

  post-processor "shell-local" {
    name   = "list"
    inline = ["ls -l out"]
  }
}
