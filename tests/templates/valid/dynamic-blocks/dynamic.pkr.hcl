variable "steps" {
  type = list(object({
    name    = string
    type    = optional(string, "shell-local")
    command = string
    only    = optional(list(string))
    retries = optional(number, 0)
  }))
  default = [
    { name = "first", command = "echo 1" },
    { name = "second", command = "echo 2", only = ["null.a"], retries = 2 },
  ]
}

variable "checksums" {
  type    = set(string)
  default = ["sha256", "md5"]
}

variable "machines" {
  type    = map(object({ port = number, chains = list(list(string)) }))
  default = {
    a = { port = 22, chains = [["one", "two"], ["three"]] }
    b = { port = 2222, chains = [] }
  }
}

source "null" "a" {
  communicator = "none"
}

source "null" "b" {
  ssh_host     = "192.0.2.${var.machines.b.port % 255}"
  ssh_port     = var.machines["b"].port
  ssh_username = "root"
  ssh_password = "x"
}

build {
  sources = [for name, _ in var.machines : "null.${name}"]

  dynamic "provisioner" {
    for_each = var.steps
    iterator = step
    labels   = [step.value.type]
    content {
      name        = step.value.name
      inline      = ["${step.value.command} # ${step.key}"]
      only        = step.value.only
      max_retries = step.value.retries
    }
  }

  dynamic "post-processors" {
    for_each = flatten([for m in values(var.machines) : m.chains])
    content {
      dynamic "post-processor" {
        for_each = var.checksums
        labels   = ["checksum"]
        content {
          checksum_types = [post-processor.key]
          output         = "out/${post-processors.key}-{{.BuildName}}.${post-processor.value}"
        }
      }
      post-processor "shell-local" {
        inline = ["echo chain ${post-processors.key}"]
      }
    }
  }

  dynamic "post-processor" {
    for_each = []
    labels   = ["manifest"]
    content {
      output = "never.json"
    }
  }
}
