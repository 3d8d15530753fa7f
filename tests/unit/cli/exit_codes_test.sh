#!/usr/bin/env bash
# exit_codes_test.sh KILN: the real program's exit codes and streams, one command line per row.
# Everything that is shown goes to standard output; standard error stays empty.
set -uo pipefail

kiln=$(realpath "${1:?usage: exit_codes_test.sh KILN}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export HOME=$work XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache
unset PACKER_NO_COLOR CI

cat >good.pkr.hcl <<'HCL'
source "null" "a" {
  communicator = "none"
}
build {
  sources = ["null.a"]
}
HCL
echo 'build { sources = ["null.gone"] }' >bad.pkr.hcl
printf 'a=1\nbb=2\n' >ragged.pkrvars.hcl
printf 'a = {\n' >broken.pkrvars.hcl
echo '{"builders": [{"type": "null", "communicator": "none"}]}' >legacy.json

matches() {
    if [ -z "$1" ]; then [ ! -s out ]; else grep -qE -- "$1" out; fi
}

failures=0
rows=0
# check EXIT PATTERN [ARGUMENTS...]: standard output must match the extended regular expression; an
# empty one stands for no output at all.
check() {
    local expected=$1 pattern=$2 code
    shift 2
    "$kiln" "$@" >out 2>err <"${input:-/dev/null}"
    code=$?
    rows=$((rows + 1))
    if [ "$code" -ne "$expected" ] || [ -s err ] || ! matches "$pattern"; then
        failures=$((failures + 1))
        echo "FAILED: kiln $* (exit $code, expected $expected; output should match: $pattern)"
        sed 's/^/    out: /' out | head -20
        sed 's/^/    err: /' err | head -20
    fi
}

check 127 '^Usage: kiln \[--version\] \[--help\] <command>'
check 127 '^There is no command "nonsense"' nonsense
check 0   '^Available commands are:' --help
check 0   '^Usage: kiln build ' build -h
check 0   '^Usage: kiln validate ' validate -var a=b --help
check 0   '^kiln v' -v
check 0   '^kiln v' version
check 0   '^[0-9]+,,version-prelease,$' version -machine-readable
check 1   '^Invalid flags before the subcommand' -force build good.pkr.hcl
check 1   '^flag provided but not defined: -x' build -x good.pkr.hcl
check 1   '^Usage: kiln build ' build
check 1   '^Usage: kiln build ' build good.pkr.hcl -force
check 1   'invalid value "never" for flag -on-error' build -on-error=never good.pkr.hcl
check 0   '^==> Builds finished' build good.pkr.hcl
check 0   '^Skipping HCP Packer enforced provisioners' build -skip-enforcement good.pkr.hcl
check 0   'null.a: output will be in this color' build -color=true -timestamp-ui -parallel-builds=1 -force \
    -use-sequential-evaluation -ignore-prerelease-plugins -warn-on-undeclared-var good.pkr.hcl
check 0   '^[0-9]+,null.a,artifact,0,end' -machine-readable build good.pkr.hcl
check 0   '^[0-9]+,null.a,artifact,0,end' build good.pkr.hcl -machine-readable
check 1   '^Error: No builds to run' build -only=x good.pkr.hcl
check 1   '^Error: ' build gone.pkr.hcl
check 1   '^Error: ' build gone.json
check 0   '^The configuration is valid.$' validate good.pkr.hcl
check 0   '^Syntax-only check passed' validate -syntax-only bad.pkr.hcl
check 1   '^Error: ' validate bad.pkr.hcl
check 1   '"valid": false' validate -json bad.pkr.hcl
check 0   '"valid": true' validate --json -evaluate-datasources good.pkr.hcl
check 0   '^Kiln Inspect: HCL2 mode' inspect good.pkr.hcl
check 0   '^Kiln Inspect: JSON mode' inspect legacy.json
check 0   '^No plugins requirement found' init good.pkr.hcl
check 1   'only works with HCL2 configuration templates' init legacy.json
check 1   'only works with HCL2 configuration templates' plugins required legacy.json
check 0   '^builder qemu' plugins installed
check 1   'kiln fetches no plugins' plugins install github.com/someone/proxmox
check 1   'no plugin .* is installed' plugin remove github.com/someone/proxmox
check 3   '^ragged.pkrvars.hcl$' fmt -check ragged.pkrvars.hcl
check 1   'encountered an error while formatting broken' fmt -check ragged.pkrvars.hcl broken.pkrvars.hcl
check 1   'is not a HCL file' fmt legacy.json
check 0   '^\+bb = 2$' fmt -diff ragged.pkrvars.hcl
check 0   '' fmt -check ragged.pkrvars.hcl
check 0   '^  "builders": \[$' fix legacy.json
check 1   'is an HCL2 template' fix good.pkr.hcl
check 0   '^Successfully created legacy.json.pkr.hcl. Exit 0$' hcl2_upgrade legacy.json
check 0   '^The configuration is valid.$' validate legacy.json.pkr.hcl
echo '1 + 1' >expression
input=expression
check 0   '^2$' console good.pkr.hcl
check 0   '^2$' console -config-type=hcl2
echo 'nonsense' >expression
check 1   '^Error: ' console good.pkr.hcl
input=good.pkr.hcl
check 0   '^The configuration is valid.$' validate -config-type=hcl2 -
input=legacy.json
check 0   '^The configuration is valid.$' validate -
input=/dev/null
check 0   '^builder null' docs null
check 1   'there is no component "nul"' docs nul
check 0   'json-schema.org' docs -json-schema
check 0   '^complete -F _kiln kiln' completion bash
check 0   '^validate' complete -- val
check 1   'one of \[bash, fish, zsh\] is needed' completion csh

# libcurl is loaded when it is called (src/cli/lazy_curl.cpp), not when kiln starts.
echo 'data "http" "gone" { url = "http://127.0.0.1:1/" }' >data.pkr.hcl
cat good.pkr.hcl >>data.pkr.hcl
check 0   '^The configuration is valid.$' validate data.pkr.hcl
check 1   '127.0.0.1' validate -evaluate-datasources data.pkr.hcl
rows=$((rows + 1))
if [[ $(ldd "$kiln") == *libcurl* ]]; then
    failures=$((failures + 1))
    echo "FAILED: kiln links to libcurl: a function of it is missing in src/cli/lazy_curl.cpp"
fi

# A terminal gets a prompt and edited lines; Control-D ends.
if command -v script >/dev/null; then
    # What is typed before the editor has the terminal may be lost, so that there is a moment first.
    (sleep 1; printf '1 + 2\nnonsense\n'; sleep 1; printf '\x04'; sleep 1) |
        timeout 20 script -qec "$kiln console -config-type=hcl2" /dev/null >out 2>&1
    rows=$((rows + 1))
    if ! grep -q '^> ' out || ! grep -q '^3' out || ! grep -q 'Error: ' out; then
        failures=$((failures + 1))
        echo "FAILED: the interactive console"
        cat -v out
    fi
fi

echo "$rows command lines, $failures failures"
[ "$failures" -eq 0 ]
