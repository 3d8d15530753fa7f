# Shared by init, the installer and the installed system.

# kernel_arg NAME -- the value of NAME=value on the kernel command line (the last one wins).
kernel_arg() {
    local word value=
    for word in $(cat /proc/cmdline); do
        case $word in
        "$1"=*) value=${word#*=} ;;
        "$1") value=yes ;;
        esac
    done
    echo "$value"
}

# wait_for SECONDS COMMAND... -- until it succeeds, for so long at most.
wait_for() {
    local until
    until=$(($(uptime_whole) + $1))
    shift
    until "$@"; do
        [ "$(uptime_whole)" -lt "$until" ] || return 1
        sleep 0.05
    done
}

uptime_whole() { cut -d . -f 1 /proc/uptime; }

# load_drivers [PATTERN] -- for the devices that are here now and whose modalias matches PATTERN (default: all).
# A bus driver makes new devices appear, so a second round follows when the first one loaded something; whoever
# waits for a device calls this again.
load_drivers() {
    local before after
    before=$(wc -l </proc/modules)
    find /sys/devices -name modalias -exec cat {} + 2>/dev/null | grep -E "${1:-}" | sort -u |
        xargs modprobe -a -b -q 2>/dev/null
    after=$(wc -l </proc/modules)
    [ "$before" = "$after" ] || load_drivers "${1:-}"
}

VIRTIO='^virtio:|^pci:v00001AF4'
NETWORK='^virtio:|bc02sc'

uptime_seconds() { cut -d ' ' -f 1 /proc/uptime; }

# serial_works -- the node exists even where the port does not; then opening it fails.
serial_works() { stty -F /dev/ttyS0 >/dev/null 2>&1; }

# announce TAG TEXT -- one line for people (VGA) and for programs (serial).
announce() {
    local line="$1: [$(uptime_seconds)] $2"
    echo "$line" >/dev/tty0
    ! serial_works || echo "$line" >/dev/ttyS0
}

# shells -- for a person to look around; never returns.
shells() {
    ! serial_works || setsid sh -c 'while :; do sh </dev/ttyS0 >/dev/ttyS0 2>&1; done' &
    while :; do
        setsid sh -c 'exec cttyhack sh' </dev/tty1 >/dev/tty1 2>&1
    done
}

rescue() {
    announce KILN-BOOT "FAILED: $1"
    shells
}

# network_cards -- names of all cards but loopback; fails while there are none.
network_cards() {
    local card found=1
    for card in /sys/class/net/*; do
        [ -e "$card/device" ] || continue
        echo "${card##*/}"
        found=0
    done
    return $found
}

# has_link CARD
has_link() { [ "$(cat "/sys/class/net/$1/carrier" 2>/dev/null)" = 1 ]; }
