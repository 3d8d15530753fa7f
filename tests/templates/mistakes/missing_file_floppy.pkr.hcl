source "qemu" "a" {
  iso_url      = "https://example.org/x.iso"
  iso_checksum = "md5:9e107d9d372bb6826bd81d3542a419d6"
  ssh_username = "root"
  floppy_files = ["files/present.sh", "files/Autounattend.xml"]
  floppy_dirs  = ["files/absent"]
  cd_files     = ["files/absent.txt", "files/*.none"]
}

build {
  sources = ["qemu.a"]
}
