#!/usr/bin/env bash
# Every failure has a clear error with the next step in it, exit status 1, and leaves nothing behind.
source "$(dirname "$0")/lib.sh"

template=$WORK/box.pkr.hcl
run() { kiln_build "$WORK/$1.log" -color=false -var "password=$PASSWORD" "$template"; }
check() {
    local name=$1 pattern=$2
    expect_status 1 "$name" "$WORK/$name.log"
    expect_text "$pattern" "$WORK/$name.log"
    expect_nothing_left "$name"
    expect_secret_kept
}

say "three errors are told at once, with file, line and snippet"
cat >"$template" <<'HCL'
variable "password" {
  type = string
}
source "qemu" "box" {
  iso_url      = "x.iso"
  iso_checksum = "none"
  memroy       = 512
  ssh_username = "root"
  disk_size    = "1X"
}
build {
  sources = ["source.qemu.box", "source.qemu.bix"]
  provisioner "shell" {
    inline = ["echo ${local.missing}"]
  }
}
HCL
run three_errors
expect_status 1 three_errors "$WORK/three_errors.log"
[ "$(grep -c '^Error: ' "$WORK/three_errors.log")" -ge 3 ] || { fail "fewer than three errors"; cat "$WORK/three_errors.log"; }
expect_text 'box.pkr.hcl line 7' "$WORK/three_errors.log"
expect_text 'memroy' "$WORK/three_errors.log"

say "wrong ISO checksum"
CHECKSUM=sha256:$(printf '0%.0s' {1..64}) write_template "$template"
run wrong_checksum
check wrong_checksum 'hecksum'

say "missing ISO"
ISO_SAVED=$ISO
ISO=$WORK/missing.iso write_template "$template"
run missing_iso
check missing_iso 'missing\.iso'
ISO=$ISO_SAVED

say "no QEMU"
write_template "$template" 'qemu_binary = "qemu-system-nowhere"'
run no_qemu
check no_qemu 'apt-get install qemu-system-x86'

say "port range exhausted"
python3 - "$WORK/port" <<'PY' &
import socket, sys, time
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen()
open(sys.argv[1], "w").write(str(s.getsockname()[1])); time.sleep(60)
PY
holder=$!
cleanup_commands+=("kill $holder 2>/dev/null")
until [ -s "$WORK/port" ]; do sleep 0.1; done
port=$(cat "$WORK/port")
write_template "$template" "host_port_min = $port" "host_port_max = $port"
run port_range
check port_range "no free port from $port to $port"
kill "$holder"

say "QEMU refuses to start"
write_template "$template" 'qemuargs = [["-device", "no-such-device"]]'
run qemu_refuses
check qemu_refuses 'no-such-device'

say "wrong boot command: the menu never shows the text"
BOOT_COMMAND='<wait \"no such text\" 3s>' write_template "$template"
run wait_fails
check wait_fails 'no such text'
expect_text 'kiln fixture|Press \[Tab\]' "$WORK/wait_fails.log"
expect_text 'screen\.png' "$WORK/wait_fails.log"

say "a guest that never boots"
BOOT_COMMAND='<esc>' SSH_TIMEOUT=8s write_template "$template"
run never_boots
check never_boots 'screen\.png'

say "wrong SSH password"
SSH_PASSWORD='"not-the-one"' SSH_TIMEOUT=90s write_template "$template" 'ssh_handshake_attempts = 2'
run wrong_password
check wrong_password 'ssh_password|password'

say "failing provisioner script"
INLINE='"echo before", "exit 7", "echo after"' write_template "$template"
run failing_script
check failing_script 'Script exited with non-zero exit status: 7'

say "disk full while converting"
if [ "$(id -u)" -eq 0 ] && mkdir "$WORK/small" && mount -t tmpfs -o size=40m tmpfs "$WORK/small" 2>/dev/null; then
    cleanup_commands+=("umount '$WORK/small'")
    POST="post-processor \"ova\" {
      output = \"$WORK/small/box.ova\"
    }" INLINE='"head -c 60000000 /dev/urandom > /root/filler"' write_template "$template"
    run disk_full
    expect_status 1 disk_full "$WORK/disk_full.log"
    expect_text 'space|full' "$WORK/disk_full.log"
    [ -z "$(ls -A "$WORK/small")" ] || fail "disk_full: $(ls "$WORK/small") is left"
    rm -rf "$WORK/out/disk"
else
    echo "no tmpfs can be mounted here; the formats tests cover a full disk"
fi
finish
