#!/bin/bash
# Runs the fuzz targets, each for some seconds, and prints a table of what they did:
#     tests/fuzz/run.sh [-j LANES] [-b] [SECONDS] [TARGET...]
# Builds them first (clang); -b takes them as they are built. LANES of them (1) run side by side.
# In build/fuzz: new inputs are kept in corpus/, findings in findings/, what each target said in
# logs/. The exit status is 1 when there is a finding.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
lanes=${FUZZ_LANES:-1}
build=yes
while getopts j:b option; do
    case $option in
        j) lanes=$OPTARG ;;
        b) build=no ;;
        *) exit 2 ;;
    esac
done
shift $((OPTIND - 1))
seconds=${1:-60}
[ $# -gt 0 ] && shift
targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then
    targets=(hcl hcl_json legacy_json interpolate boot_command
        format_{qcow2,vmdk,vhd,vhdx,vdi,ova,gcp,box,raw.gz,raw.xz,raw.zst,raw.bz2,raw.zip}
        ovf disk reference format_round_trip)
fi

cd "$root"
if [ $build = yes ]; then
    [ -f build/fuzz/build.ninja ] || cmake --preset fuzz >/dev/null
    ninja -C build/fuzz "${targets[@]/%/_fuzz}" >/dev/null
fi
cd build/fuzz
mkdir -p findings logs

run() { # TARGET
    local max_len=4096 status=0 limit=${FUZZ_TIMEOUT:-10}
    local words=$root/tests/fuzz/dictionary/$1.dict
    mkdir -p "corpus/$1"
    # Images are larger than texts.
    case $1 in format_* | reference) max_len=65536 ;; disk) max_len=131072 ;; ovf) max_len=8192 ;; esac
    TIMEFORMAT='time: %R s, cpu: %U user %S sys'
    # Leaks are looked for at the end of the run; a single input may take FUZZ_TIMEOUT seconds (10;
    # more where the machine is loaded) and 2 GiB.
    { time "tests/fuzz/$1_fuzz" -max_total_time="$seconds" -timeout="$limit" \
        -report_slow_units="$limit" -rss_limit_mb=2048 -max_len="$max_len" \
        -print_final_stats=1 -print_funcs=0 \
        -artifact_prefix="findings/$1-" $([ ! -f "$words" ] || echo "-dict=$words") \
        "corpus/$1" "$root/tests/fuzz/corpus/$1"; } >"logs/$1.log" 2>&1 || status=$?
    echo "$status" >"logs/$1.status"
    summary "$1" "$status"
}

# What the log of a run adds up to, in a line.
summary() { # TARGET STATUS
    awk -v name="$1" -v status="$2" '
        /^stat::number_of_executed_units:/ { runs = $2 }
        /^stat::average_exec_per_sec:/ { rate = $2 }
        /^stat::peak_rss_mb:/ { memory = $2 }
        / cov: / { cov = $4; inputs = $0; sub(/.*corp: /, "", inputs); sub(/\/.*/, "", inputs) }
        /^time: / { wall = $2; cpu = $5 + $7 }
        END {
            printf "%-18s %8.0f %8.0f %10d %8d %8d %8d %6d  %s\n", name, wall, cpu, runs, rate, cov,
                   inputs, memory, status == 0 ? "no finding" : "FINDING, see logs/" name ".log"
        }' "logs/$1.log"
}

stop() {
    for job in $(jobs -p); do kill -- "-$job" 2>/dev/null || true; done
}
set -m # each lane is a process group of its own, to be stopped as one
trap stop EXIT
printf '%-18s %8s %8s %10s %8s %8s %8s %6s\n' target 'wall s' 'cpu s' runs runs/s edges inputs MiB
for target in "${targets[@]}"; do
    rm -f "logs/$target.status"
    while [ "$(jobs -pr | wc -l)" -ge "$lanes" ]; do wait -n || true; done
    run "$target" &
done
wait
for target in "${targets[@]}"; do
    [ "$(cat "logs/$target.status")" = 0 ] || exit 1
done
