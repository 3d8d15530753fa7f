# shellcheck shell=bash
# Shared by every script here: messages, tool checks, and the environment that makes two runs alike.
# To be sourced by bash with `set -euo pipefail`.

# Everything with a date in it gets this one (2024-01-01), unless the caller wants another.
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-1704067200}
export LC_ALL=C TZ=UTC
umask 022

KILN_FIXTURE_CACHE=${KILN_FIXTURE_CACHE:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/kiln/fixtures}

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

die() {
    say "error: $*"
    exit 1
}

# require_tools TOOL:PACKAGE... -- one error that names everything missing and how to get it.
require_tools() {
    local entry missing=() packages=()
    for entry; do
        if ! command -v "${entry%%:*}" >/dev/null; then
            missing+=("${entry%%:*}")
            packages+=("${entry#*:}")
        fi
    done
    [ ${#missing[@]} -eq 0 ] && return
    die "missing tools: ${missing[*]}. Install them: apt-get install" \
        "$(printf '%s\n' "${packages[@]}" | sort -u | tr '\n' ' ')"
}

# require_files FILE:PACKAGE... -- the same for data that Debian packages install.
require_files() {
    local entry packages=() missing=()
    for entry; do
        if [ ! -e "${entry%%:*}" ]; then
            missing+=("${entry%%:*}")
            packages+=("${entry#*:}")
        fi
    done
    [ ${#missing[@]} -eq 0 ] && return
    die "missing files: ${missing[*]}. Install them: apt-get install" \
        "$(printf '%s\n' "${packages[@]}" | sort -u | tr '\n' ' ')"
}

# Administrators' tools are not in an ordinary user's PATH on Debian.
export PATH=$PATH:/usr/sbin:/sbin

# make_scratch sets SCRATCH to a directory that goes when the script ends.
make_scratch() {
    SCRATCH=$(mktemp -d "${TMPDIR:-/tmp}/kiln-fixture.XXXXXX")
    trap 'rm -rf "$SCRATCH"' EXIT
}

# set_dates TREE -- one date for all, and no permission bit that depends on how the tree was checked out.
set_dates() {
    find "$1" -print0 | xargs -0 touch --no-dereference --date="@$SOURCE_DATE_EPOCH"
}
