# shellcheck shell=bash
# Building directory trees that become a root file system.
# To be sourced after common.sh.

# make_root_skeleton TREE -- directories of a merged-/usr system; sbin is bin, so every usual path works.
make_root_skeleton() {
    local tree=$1
    mkdir -p "$tree"/{dev,proc,sys,run,tmp,mnt,root,etc,var/log} "$tree"/usr/{bin,lib,lib64,share}
    ln -s usr/bin "$tree/bin"
    ln -s usr/bin "$tree/sbin"
    ln -s bin "$tree/usr/sbin"
    ln -s usr/lib "$tree/lib"
    ln -s usr/lib64 "$tree/lib64"
    ln -s ../run "$tree/var/run"
}

# install_busybox TREE -- busybox and a link for each of its applets.
install_busybox() {
    local tree=$1 applet
    install -m 755 /bin/busybox "$tree/usr/bin/busybox"
    /bin/busybox --list | while read -r applet; do
        [ "$applet" = busybox ] || ln -sf busybox "$tree/usr/bin/$applet"
    done
}

# install_program TREE PROGRAM [AS] -- a program or plugin with every library that it links to.
# Libraries that lie next to a package unpacked elsewhere are found through LD_LIBRARY_PATH.
install_program() {
    local tree=$1 program=$2 as=${3:-$2} library
    as=$(merged_path "$as")
    # An applet's link may stand there; writing through it would overwrite busybox.
    rm -f "$tree$as"
    install -D -m 755 "$program" "$tree$as"
    { ldd "$program" 2>/dev/null || true; } | grep -o '/[^ ]*' | while read -r library; do
        [ -n "${PRIVATE_LIBRARIES:-}" ] && [ "${library#"$PRIVATE_LIBRARIES"}" != "$library" ] && continue
        [ -e "$tree$(merged_path "$library")" ] ||
            install -D -m 755 "$(readlink -f "$library")" "$tree$(merged_path "$library")"
    done
}

# merged_path PATH -- where PATH really lies in a merged-/usr tree.
merged_path() {
    case $1 in
    /bin/* | /sbin/*) echo "/usr/bin/${1##*/}" ;;
    /usr/sbin/*) echo "/usr/bin/${1#/usr/sbin/}" ;;
    /lib/* | /lib64/*) echo "/usr$1" ;;
    *) echo "$1" ;;
    esac
}

# overlay SOURCE TREE -- copies our own files over the tree; modes do not depend on the checkout's umask.
overlay() {
    local source=$1 tree=$2 file mode
    (cd "$source" && find . -type f | sort) | while read -r file; do
        mode=644
        [ -x "$source/$file" ] && mode=755
        # An applet's link may stand there; a plain copy would write through it into busybox.
        rm -f "$tree/$file"
        install -D -m "$mode" "$source/$file" "$tree/$file"
    done
}

# pack_cpio TREE OUT -- an initramfs whose bytes depend on the tree alone.
pack_cpio() {
    set_dates "$1"
    (cd "$1" && find . -print0 | sort -z | cpio --null --create --format=newc --reproducible --owner=0:0 --quiet) |
        gzip -n -6 >"$2"
}

# pack_tar TREE OUT -- the same for a tar archive. Not compressed: an emulated guest inflates slower than it reads.
pack_tar() {
    set_dates "$1"
    tar -C "$1" --create --format=gnu --sort=name --owner=0 --group=0 --numeric-owner --file="$2" .
}
