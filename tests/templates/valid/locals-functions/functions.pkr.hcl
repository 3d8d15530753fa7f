variable "cidr" {
  default = "10.1.0.0/16"
}
variable "tags" {
  type    = map(string)
  default = { Env = "dev", Team = "images" }
}

locals {
  _unused       = null
  name          = lower(join("-", compact(["Img", "", lookup(var.tags, "Env", "none")])))
  subnets       = [for i in range(4) : cidrsubnet(var.cidr, 8, i)]
  gateway       = cidrhost(local.subnets[0], 1)
  by_len        = { for word in split(" ", "to be or not to be that is") : length(word) => word... }
  sorted        = sort(distinct(concat(local.by_len[2], local.by_len["3"])))
  upper         = title(chomp(trimspace("  hello world \n")))
  inverted      = { for k, v in var.tags : v => upper(k) if k != "Team" }
  merged        = merge(var.tags, { Owner = "nobody" }, null)
  yaml          = yamldecode(file("${path.root}/data/list.yaml"))
  json          = jsondecode(file("data/object.json"))
  hash          = substr(sha256(file("${path.root}/data/object.json")), 0, 12)
  checksum      = "${md5("a")}${sha1("b")}${sha512("c")}"
  password_hash = bcrypt("x", 10)
  pick          = try(local.json.missing.deep, local.json["name"], "default")
  safe          = can(local.json.nothing) ? "yes" : "no"
  cond          = length(local.subnets) > 3 && !contains(local.subnets, "x") ? max(1, 2, 3) : min(4, 5)
  splat         = [{ n = 1 }, { n = 2 }][*].n
  legacy        = [{ n = { m = 1 } }].*.n.m
  regexes       = regexall("[0-9]+", "a1b22c333")
  version_parts = regex("^(?P<major>\\d+)\\.(?P<minor>\\d+)", "12.7.0")
  replaced      = replace("1 + 2", "/([0-9]+)/", "<$1>")
  clean         = regex_replace(timestamp(), "[- TZ:]", "")
  legacy_time   = legacy_isotime("20060102150405")
  zipped        = zipmap(["a", "b"], [1, 2])
  product       = setproduct(["x", "y"], [1, 2])
  chunks        = chunklist(local.subnets, 3)
  encoded       = base64gzip("hello")
  uri           = urlencode("a b&c")
  round         = [ceil(1.2), floor(-1.2), parseint("ff", 16), signum(-3), abs(-4), pow(2, 10), log(8, 2)]
  when          = timeadd("2024-01-31T00:00:00Z", "72h")
  text          = <<-EOT
    %{for s in local.subnets~}
    net ${s}
    %{endfor~}
    %%{literal} $${literal}
    ${indent(2, "a\nb")}
  EOT
  coalesced     = coalescelist([], ["z"])
  sets          = setintersection(setunion(["a"], ["b"]), convert(["b"], set(string)))
  nested        = templatefile("${path.root}/data/motd.pkrtpl", { hosts = { web = "10.0.0.1" }, title = "hosts" })
  deep          = { a = [{ b = { c = [1, [2, 3]] } }] }
  got           = local.deep.a[0].b.c[1][0]
  quoted        = "tab\tnl\nquote\"back\\u00e9 \u00e9 \U0001F600"
  math          = (1 + 2) * 3 - 4 / 2 % 3
  strings       = [startswith("abc", "a"), endswith("abc", "c"), strcontains("abc", "b"), strrev("abc")]
  contents      = { for f in fileset("${path.root}/data", "*.{yaml,json}") : f => filebase64("${path.root}/data/${f}") }
  home          = pathexpand("~/x")
  dir           = dirname("/a/b/c.txt")
  sum           = sum([1, 2, 3.5])
  everything    = alltrue([true, true]) || anytrue([])
  one_of        = element(["a", "b", "c"], 4)
  listed        = convert([1, "2", true], list(string))
}

source "null" "x" {
  communicator = "none"
}

build {
  sources = ["null.x"]
  provisioner "shell-local" {
    inline = [
      "echo '${local.name} ${local.gateway} ${local.got} ${local.pick} ${local.safe} ${local.cond}'",
      "printf '%s' '${jsonencode(local.round)}'",
      local.text != "" ? "true" : "false",
    ]
  }
}
