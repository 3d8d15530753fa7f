# Shared by the end-to-end tests. Each test is a bash script that sources this file.
# Environment: KILN (the program), KILN_E2E_FIXTURES (where the ISO and the disk are).
set -euo pipefail

: "${KILN:?set KILN to the program}"
: "${KILN_E2E_FIXTURES:?set KILN_E2E_FIXTURES to the fixtures}"
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
WORK=$(mktemp -d)
export TMPDIR=$WORK/tmp KILN_STATE_DIR=$WORK/state PACKER_CACHE_DIR=$WORK/cache CI=1
mkdir -p "$TMPDIR" "$WORK/out"
ISO=$KILN_E2E_FIXTURES/installer.iso
ISO_SUM=$(cat "$KILN_E2E_FIXTURES/installer.iso.sha256")
PASSWORD=e2e-s3cret-$RANDOM$RANDOM

failures=0
cleanup_commands=()

cleanup() {
    local command
    for command in "${cleanup_commands[@]}"; do eval "$command" || true; done
    rm -rf "$WORK"
}
trap cleanup EXIT

say() { printf '== %s\n' "$*"; }

fail() {
    printf 'FAILED: %s\n' "$*" >&2
    failures=$((failures + 1))
}

finish() {
    if [ "$failures" -ne 0 ]; then
        echo "$failures check(s) failed" >&2
        exit 1
    fi
    echo "all checks passed"
}

# kiln_build LOG ARGS...: runs the build, its output into LOG; the exit status is kept in $status.
kiln_build() {
    local log=$1
    shift
    status=0
    (cd "$WORK" && timeout 600 "$KILN" build "$@") >"$log" 2>&1 || status=$?
}

expect_status() {
    [ "$status" -eq "$1" ] || { fail "$2: exit status $status, not $1"; tail -40 "$3" >&2; }
}

expect_text() { grep -qE -- "$1" "$2" || { fail "no /$1/ in $(basename "$2")"; tail -30 "$2" >&2; }; }
expect_no_text() { ! grep -qE -- "$1" "$2" || fail "/$1/ stands in $(basename "$2")"; }
expect_file() { [ -s "$1" ] || fail "$1 is missing or empty"; }

# Processes of this test's builds, a line each: kiln, its guardians and its guests have the test's state
# directory in their environment.
build_processes() {
    local environment pid name
    for environment in $(grep -lzxF "KILN_STATE_DIR=$WORK/state" /proc/[0-9]*/environ 2>/dev/null); do
        pid=${environment#/proc/} pid=${pid%/environ}
        name=$(cat "/proc/$pid/comm" 2>/dev/null) || continue
        case $name in
            kiln* | qemu-system*) echo "$name $pid $(ss -Hltnp | grep -F "pid=$pid," || true)" ;;
        esac
    done
}

# Nothing of a build may stay: no process and so no open port, no temp file, no lock, no output directory.
expect_nothing_left() {
    local what=$1 processes
    processes=$(build_processes)
    if [ -n "$processes" ]; then fail "$what: processes and their ports are left: $processes"; fi
    if [ -n "$(find "$TMPDIR" -mindepth 1 -print -quit)" ]; then
        fail "$what: temporary files are left: $(find "$TMPDIR" -mindepth 1 | head -5)"
    fi
    if [ -n "$(find "$WORK/out" -mindepth 1 -print -quit)" ]; then
        fail "$what: output is left: $(find "$WORK/out" -mindepth 1 | head -5)"
    fi
    if [ -n "$(find "$WORK/cache/port" -type f -print -quit 2>/dev/null)" ]; then
        fail "$what: port locks are left"
    fi
    if [ -n "$(find "$WORK/state/runs" -type f -print -quit 2>/dev/null)" ]; then
        fail "$what: a run record is left"
    fi
}

# The password must not be in any log, record, manifest or picture text.
expect_secret_kept() {
    if grep -rlF -- "$PASSWORD" "$WORK/state" "$WORK"/*.log 2>/dev/null | grep -q .; then
        fail "the password stands in: $(grep -rlF -- "$PASSWORD" "$WORK/state" "$WORK"/*.log | tr '\n' ' ')"
    fi
}

# write_template FILE [EXTRA...]: a template that installs from the ISO; EXTRA lines go into the
# source block and may override nothing, so tests that need other options write their own.
write_template() {
    local file=$1
    # Defaults with braces cannot stand inside ${NAME:-...}.
    local type_answers='<wait \"Press [Tab]\"><tab> answers=http://{{ .HTTPIP }}:{{ .HTTPPort }}/answers.cfg<enter>'
    local prove='"echo provisioned > /root/PROOF"'
    shift
    {
        cat <<HCL
variable "password" {
  type      = string
  sensitive = true
}
source "qemu" "box" {
  iso_url          = "$ISO"
  iso_checksum     = "${CHECKSUM:-sha256:$ISO_SUM}"
  output_directory = "$WORK/out/disk"
  vm_name          = "box.qcow2"
  disk_size        = "${DISK_SIZE:-1G}"
  headless         = true
  accelerator      = "tcg"
  http_content = {
    "/answers.cfg" = "hostname=e2e\nuser=kiln\npassword=\${var.password}\n"
  }
  boot_wait    = "-1s"
  boot_command = ["${BOOT_COMMAND:-$type_answers}"]
  ssh_username     = "root"
  ssh_password     = ${SSH_PASSWORD:-var.password}
  ssh_timeout      = "${SSH_TIMEOUT:-4m}"
  shutdown_command = "poweroff"
HCL
        printf '  %s\n' "$@"
        cat <<HCL
}
build {
  sources = ["source.qemu.box"]
  provisioner "shell" {
    inline = [${INLINE:-$prove}]
  }
  ${POST:-}
}
HCL
    } >"$file"
}
