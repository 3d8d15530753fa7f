# shellcheck shell=bash
# What the script tests here share. To be sourced by bash with `set -uo pipefail`.
repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
fixtures=$repository/iso_fixtures
scratch=$(mktemp -d "${TMPDIR:-/tmp}/kiln-fixture-test.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
failures=0

require() {
    local tool
    for tool; do
        command -v "$tool" >/dev/null || {
            echo "SKIPPED: needs $tool"
            exit 77
        }
    done
}

# check SENTENCE COMMAND... -- the command's success is the sentence's truth.
check() {
    local sentence=$1
    shift
    if "$@" >"$scratch/output" 2>&1; then
        echo "ok      $sentence"
    else
        echo "FAILED  $sentence"
        sed 's/^/        /' "$scratch/output" | head -n 20
        failures=$((failures + 1))
    fi
}

finish() {
    [ "$failures" = 0 ] || echo "$failures failed"
    exit $((failures > 0))
}
