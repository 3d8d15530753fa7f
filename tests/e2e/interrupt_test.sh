#!/usr/bin/env bash
# Ctrl-C in every phase cleans up; kill -9 in every phase is cleaned up by the next run, which says so.
source "$(dirname "$0")/lib.sh"

template=$WORK/box.pkr.hcl
# The last post-processor only takes time, so that a late signal still finds the build at work.
POST="post-processors {
    post-processor \"ova\" {
      output = \"$WORK/out/box.ova\"
    }
    post-processor \"shell-local\" {
      inline = [\"sleep 5\"]
    }
  }" INLINE='"echo provisioning", "sleep 4"' write_template "$template"

# signal_at SIGNAL PATTERN NAME: starts a build, sends SIGNAL when PATTERN is in its output.
signal_at() {
    local signal=$1 pattern=$2 name=$3 log=$WORK/$3.log
    (cd "$WORK" && exec "$KILN" build -color=false -var "password=$PASSWORD" "$template") >"$log" 2>&1 &
    local pid=$!
    for _ in $(seq 1200); do
        if grep -qE -- "$pattern" "$log" || ! kill -0 "$pid" 2>/dev/null; then break; fi
        sleep 0.1
    done
    grep -qE -- "$pattern" "$log" || { fail "$name: /$pattern/ never came"; tail -20 "$log"; }
    # kiln hides the values of -var in its own arguments, and hands no secret to a child's.
    if ps -eo args= | grep -F -- "$PASSWORD" | grep -vq grep; then
        fail "$name: the password stands in the process list"
    fi
    kill "-$signal" "$pid" 2>/dev/null || true
    status=0
    wait "$pid" || status=$?
}

# Sealing a small disk takes a tenth of a second, so that the signal may come when the build itself
# is done. What is finished is the user's, and stays; kiln says so.
drop_finished_build() {
    finished=no
    if grep -qE 'Running post-processor|The build was finished before it was cancelled' "$1"; then
        finished=yes
        rm -rf "$WORK/out/disk" "$WORK/out/box.ova"
    fi
}

# A phase's name, and the text by which it is known to have begun.
phases=(
    "boot|Typing the boot command"
    "install|Waiting for SSH to become available"
    "provision|provisioning"
    "shutdown|Gracefully halting"
    "seal|Compacting the disk"
    "convert|Running post-processor"
)

for entry in "${phases[@]}"; do
    name=${entry%%|*} pattern=${entry#*|}
    say "Ctrl-C: $name"
    signal_at INT "$pattern" "int_$name"
    [ "$status" -eq 1 ] || fail "int_$name: exit status $status"
    expect_text 'Cancelling build after receiving interrupt' "$WORK/int_$name.log"
    drop_finished_build "$WORK/int_$name.log"
    expect_nothing_left "int_$name"
done

for entry in "${phases[@]}"; do
    name=${entry%%|*} pattern=${entry#*|}
    say "kill -9: $name"
    signal_at KILL "$pattern" "kill_$name"
    sleep 1
    if pgrep -f "qemu-system.*$WORK" >/dev/null; then fail "kill_$name: the guest outlived kiln"; fi
    # Any build cleans up, also one that then has nothing to do.
    kiln_build "$WORK/after_$name.log" -color=false -only=none -var "password=$PASSWORD" "$template"
    drop_finished_build "$WORK/kill_$name.log"
    if [ "$finished" = no ]; then
        expect_text 'that an interrupted run left' "$WORK/after_$name.log"
    fi
    expect_nothing_left "kill_$name"
done
finish
