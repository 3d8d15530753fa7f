source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
  provisioner "shell" {
    execute_command = "sudo {{ .Vars }} {{ .Paths }}"
    inline          = ["true"]
  }
  post-processor "checksum" {
    output = "{{ .BuildNme }}.sum"
  }
}
