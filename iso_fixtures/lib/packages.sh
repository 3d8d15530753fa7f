# shellcheck shell=bash
# Debian packages whose files go into a fixture though they need not be installed on this machine.
# To be sourced after common.sh.

# fetch_package NAME -- prints the path of the newest NAME_*.deb, downloading it when the cache lacks it.
# Without a network, a package that was fetched before still serves.
fetch_package() {
    local name=$1 dir=$KILN_FIXTURE_CACHE/debs want newest
    mkdir -p "$dir"
    want=$(cd "$SCRATCH" && apt-get download --print-uris "$name" 2>/dev/null | awk '{ print $2 }') || want=
    if [ -n "$want" ] && [ ! -s "$dir/$want" ]; then
        say "downloading $want"
        download_package "$name" "$dir/$want" || want=
    fi
    if [ -n "$want" ]; then
        echo "$dir/$want"
        return
    fi
    newest=$(find "$dir" -name "${name}_*.deb" | sort -V | tail -n 1)
    [ -n "$newest" ] || die "cannot download the package $name; is it in the APT lists (apt-get update)?"
    say "apt-get download $name failed; using $(basename "$newest") from the cache"
    echo "$newest"
}

# In a directory of its own and then renamed, so that a broken download never stays in the cache.
download_package() {
    local name=$1 destination=$2 work
    work=$(mktemp -d "$KILN_FIXTURE_CACHE/download.XXXXXX")
    if (cd "$work" && apt-get download -qq "$name" >/dev/null 2>"$work/log"); then
        mv "$work"/*.deb "$destination"
        rm -rf "$work"
    else
        cat "$work/log" >&2
        rm -rf "$work"
        return 1
    fi
}

# unpack_package DEB [TAR OPTION...] -- prints the directory that holds the package's files (kept in the cache).
unpack_package() {
    local deb=$1 dir work
    shift
    dir=$KILN_FIXTURE_CACHE/unpacked/$(basename "$deb" .deb)
    if [ ! -d "$dir" ]; then
        mkdir -p "$KILN_FIXTURE_CACHE/unpacked"
        work=$(mktemp -d "$KILN_FIXTURE_CACHE/unpacked/new.XXXXXX")
        dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$work" --no-same-owner "$@"
        chmod 755 "$work"
        # Another run may have been faster; its result is the same.
        mv -T "$work" "$dir" 2>/dev/null || rm -rf "$work"
    fi
    echo "$dir"
}
