#!/bin/bash
# Runs every fuzz target, each for some seconds: tests/fuzz/run.sh [SECONDS] [TARGET...]
# Builds them first (clang). New inputs are kept in build/fuzz/corpus, findings in
# build/fuzz/findings; the exit status is 1 when there is one.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
seconds=${1:-60}
[ $# -gt 0 ] && shift
formats=$(printf 'format_%s ' qcow2 vmdk vhd vhdx vdi ova gcp box raw.gz raw.xz raw.zst raw.bz2 raw.zip)
targets=${*:-hcl hcl_json legacy_json interpolate boot_command $formats disk format_round_trip}

cd "$root"
[ -f build/fuzz/build.ninja ] || cmake --preset fuzz >/dev/null
mkdir -p build/fuzz/findings
status=0
for target in $targets; do
    ninja -C build/fuzz "${target}_fuzz" >/dev/null
    mkdir -p "build/fuzz/corpus/$target"
    echo "== $target: $seconds s"
    # Images are larger than texts.
    max_len=4096
    case $target in format_* | disk) max_len=65536 ;; esac
    # Leaks are looked for at the end of the run; a single input may take 10 s and 2 GiB.
    if ! (cd build/fuzz && "tests/fuzz/${target}_fuzz" -max_total_time="$seconds" -timeout=10 \
        -rss_limit_mb=2048 -max_len="$max_len" -print_final_stats=1 -print_funcs=0 -verbosity=0 \
        -artifact_prefix="findings/$target-" \
        "corpus/$target" "$root/tests/fuzz/corpus/$target") 2>&1 | tail -n 30; then
        status=1
    fi
done
exit $status
