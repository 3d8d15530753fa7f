#!/bin/bash
# Makes the inputs of the format targets, with the tools that people have, small enough to be kept:
#     tests/fuzz/make_image_corpus.sh FUZZ_IMAGE IMAGE_TOOL FUZZ_SEEDS [OUT]
# FUZZ_IMAGE, IMAGE_TOOL and FUZZ_SEEDS are the programs of those names in a build. What is in OUT
# (tests/fuzz/corpus) already is written again where its name is the same, findings stay.
set -euo pipefail
self=$(realpath "$0")
fuzz_image=$(realpath "$1")
image_tool=$(realpath "$2")
fuzz_seeds=$(realpath "$3")
out=$(realpath "${4:-$(dirname "$0")/corpus}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

keep() { # TARGET NAME FILE
    mkdir -p "$out/$1"
    "$fuzz_image" pack "$3" "$out/$1/$2"
}
fill() { # FORMAT FILE
    qemu-io -d unmap -f "$1" -c 'write -P 1 0 3k' -c 'write -P 2 8k 512' -c 'write -z 12k 4k' \
        -c 'write -P 3 100k 1k' -c 'discard 100k 512' "$2" >/dev/null
}
made() { # TARGET NAME QEMU_FORMAT OPTIONS [SIZE]
    rm -f image*
    qemu-img create -q -f "$3" -o "$4" image "${5:-128k}" >/dev/null
    fill "$3" image
    keep "$1" "$2" image
}
converted() { # TARGET NAME QEMU_FORMAT OPTIONS
    rm -f image
    qemu-img convert -f raw -O "$3" ${4:+-o "$4"} small.raw image
    keep "$1" "$2" image
}
ours() { # TARGET NAME FORMAT OPTIONS
    rm -rf ours
    mkdir ours
    "$image_tool" convert -f raw -O "$3" ${4:+-o "$4"} small.raw ours/image >/dev/null 2>&1 || return 0
    keep "$1" "$2" ours/image
}

# A disk with some of everything.
truncate -s 160k small.raw
fill raw small.raw
head -c 4096 "$self" | dd of=small.raw bs=4k seek=10 conv=notrunc status=none

for options in compat=0.10 compat=1.1,cluster_size=4k cluster_size=512 lazy_refcounts=on \
    refcount_bits=1,cluster_size=512 refcount_bits=64,cluster_size=4k \
    extended_l2=on,cluster_size=16k; do
    made format_qcow2 "${options//[=,.]/_}" qcow2 "$options"
done
made format_qcow2 backing qcow2 cluster_size=512
qemu-img create -q -f qcow2 -b image -F qcow2 -o cluster_size=512 image2 128k
keep format_qcow2 with_a_backing_file image2
for base in base.raw:raw parent.qcow2:qcow2; do
    qemu-img create -q -u -f qcow2 -b "${base%:*}" -F "${base#*:}" -o cluster_size=512 image2 128k
    keep reference "qcow2_over_${base#*:}" image2
done
qemu-img create -q -f qcow2 -o cluster_size=4k image2 128k
qemu-img bitmap --add image2 first && qemu-img bitmap --add -g 64k image2 second
fill qcow2 image2
keep format_qcow2 bitmaps image2
qemu-img snapshot -c one image
fill qcow2 image
qemu-img snapshot -c two image
keep format_qcow2 snapshots image
for type in zlib zstd; do
    qemu-img convert -c -f raw -O qcow2 -o "compression_type=$type,cluster_size=4k" small.raw image
    keep format_qcow2 "$type" image
    ours format_qcow2 "our_$type" qcow2 "compression_type=$type,cluster_size=4k"
done

for options in subformat=monolithicSparse subformat=monolithicSparse,zeroed_grain=on; do
    made format_vmdk "${options//[=,]/_}" vmdk "$options"
done
qemu-img create -q -f vmdk -o subformat=monolithicFlat flat.vmdk 64k
keep format_vmdk flat_descriptor flat.vmdk
qemu-img create -q -f vmdk -o subformat=twoGbMaxExtentSparse split.vmdk 64k
keep format_vmdk split_descriptor split.vmdk
keep format_vmdk split_extent split-s001.vmdk
converted format_vmdk stream vmdk subformat=streamOptimized
ours format_vmdk our_stream vmdk ''
ours format_vmdk our_sparse vmdk subformat=monolithicSparse

made format_vhd dynamic vpc subformat=dynamic,force_size=on
made format_vhd fixed vpc subformat=fixed,force_size=on
ours format_vhd ours vhd ''
made format_vhdx dynamic vhdx subformat=dynamic,log_size=1M,block_size=1M
made format_vhdx fixed vhdx subformat=fixed,log_size=1M,block_size=1M
ours format_vhdx ours vhdx ''
made format_vdi dynamic vdi static=off
made format_vdi static vdi static=on
ours format_vdi ours vdi ''
ours format_ova ours ova ''
"$image_tool" convert -f raw -O ova small.raw plain.ova >/dev/null 2>&1
mkdir x && tar xf plain.ova -C x && tar cf again.ova -C x $(tar tf plain.ova)
keep format_ova by_tar again.ova
ours format_gcp ours gcp round=off
cp small.raw disk.raw
tar czf image --format=oldgnu -S disk.raw
keep format_gcp by_tar image
tar czf image --format=posix -S disk.raw
keep format_gcp by_posix_tar image
qemu-img convert -c -f raw -O qcow2 -o cluster_size=4k small.raw box.img
echo '{"provider":"libvirt","format":"qcow2","virtual_size":1}' >metadata.json
echo 'Vagrant.configure("2") { |config| }' >Vagrantfile
tar czf image metadata.json Vagrantfile box.img
keep format_box libvirt image
tar cf image metadata.json Vagrantfile box.img
keep format_box plain image
for style in oldgnu posix ustar; do
    tar cf image --format=$style $([ $style = ustar ] || echo -S) ./disk.raw &&
        keep format_gcp "plain_$style" image
done
for packing in xz zstd bzip2; do
    tar cf - --format=oldgnu -S disk.raw | $packing -c >image && keep format_gcp "by_$packing" image
done
gzip -c small.raw >image && keep format_raw.gz gzip image
(gzip -c small.raw; gzip -c small.raw) >image && keep format_raw.gz two_members image
gzip -9c <(head -c 3000 small.raw) >image && keep format_raw.gz one_block image
head -c 3000 /dev/zero | tr '\0' '\252' | gzip -1c >image && keep format_raw.gz run image
xz -c small.raw >image && keep format_raw.xz xz image
xz --block-size=32k -c small.raw >image && keep format_raw.xz blocks image
xz --check=crc32 --x86 --lzma2 -c small.raw >image && keep format_raw.xz filters image
zstd -qc small.raw >image && keep format_raw.zst zstd image
cat small.raw | zstd -qc --no-check >image && keep format_raw.zst without_size image
(printf 'P*M\030\004\0\0\0skip'; zstd -qc small.raw; zstd -q19c small.raw) >image &&
    keep format_raw.zst frames image
bzip2 -c small.raw >image && keep format_raw.bz2 bzip2 image
(bzip2 -1c small.raw; bzip2 -c small.raw) >image && keep format_raw.bz2 two_streams image
rm -f image.zip && zip -q image.zip small.raw && keep format_raw.zip zip image.zip
rm -f image.zip && zip -q -0 image.zip small.raw && keep format_raw.zip stored image.zip
rm -f image.zip && zip -q -fz image.zip small.raw && keep format_raw.zip zip64 image.zip
zip -q - - <small.raw | cat >image.zip && keep format_raw.zip streamed image.zip
# Without a format named what is inside is looked at.
qemu-img create -q -f qcow2 -o cluster_size=512 inside 4k
for packing in gzip xz zstd bzip2; do
    $packing -c <inside >image && keep reference "qcow2_in_$packing" image
    $packing -c <disk.raw >image && keep reference "raw_in_$packing" image
done
tar czf image disk.raw && keep reference raw_in_tar_gz image
rm -f image.zip && zip -q image.zip inside && keep reference qcow2_in_zip image.zip

disk() { # NAME: what lies in disk.img
    keep disk "$1" disk.img
}
fresh() { # SIZE
    rm -f disk.img
    truncate -s "$1" disk.img
}
# A link to another directory, one too long for an inode, names that fill more than a block.
mkdir -p tree/etc tree/usr/lib
echo 'PRETTY_NAME="Tree 7"' >tree/usr/lib/os-release
ln -s ../usr/lib/os-release tree/etc/os-release
printf 'UUID=1-2 / ext4 defaults 0 1\nLABEL=x /b xfs ro 0 2\n/dev/sda2 none swap sw 0 0\n' \
    >tree/etc/table
ln -s "$(printf './%.0s' {1..200})table" tree/etc/fstab
for i in {10..32}; do
    : >"tree/etc/$i$(printf 'x%.0s' {1..200})"
done
fresh 1M && mke2fs -q -t ext2 -b 1024 -N 64 -d tree disk.img && disk ext2
fresh 2M && mke2fs -q -t ext4 -b 1024 -N 64 -O metadata_csum,64bit,^has_journal -d tree disk.img &&
    disk ext4
fresh 20M && mke2fs -q -t ext4 -b 1024 -N 64 -O mmp -J size=1 disk.img && disk ext4_groups
fresh 2M && mke2fs -q -t ext4 -b 1024 -N 64 -O inline_data,^has_journal -d tree disk.img &&
    disk ext4_inline
fresh 40M && mke2fs -q -t ext4 -b 1024 -N 40 -E lazy_itable_init=1 \
    -O uninit_bg,^has_journal,^metadata_csum,^flex_bg,^resize_inode disk.img && disk ext4_unused
fresh 1M && mkfs.fat -F 12 disk.img >/dev/null && disk fat12
fresh 16M && mkfs.fat -F 16 disk.img >/dev/null && disk fat16
fresh 40M && mkfs.fat -F 32 disk.img >/dev/null && disk fat32
fresh 40M && mkfs.fat -F 32 -n LABEL disk.img >/dev/null && disk fat32_label
fresh 1M && {
    printf '\xebv\x90EXFAT   '; head -c 61 /dev/zero # to the size in sectors
    printf '\0\x08\0\0\0\0\0\0'; head -c 28 /dev/zero
    printf '\x09\x03\x01'; head -c 399 /dev/zero; printf '\x55\xaa'
} | dd of=disk.img conv=notrunc status=none && disk exfat
fresh 1M && mkswap disk.img >/dev/null 2>&1 && disk swap
# The log is filled with 0xff; two pages that say it is empty are smaller. Nobody reads the table
# of capitals.
shrink_ntfs() {
    perl -0777 -pi -e '
        my $ones = "\xff" x 4096;
        my $restart = pack("a4x12VVvvvx18Vx8vvx4096", "RSTR", 4096, 4096, 48, 1, 1, 1, 0xffff, 2);
        my $log;
        for (my $at = 0; $at < length; $at += 4096) {
            next if substr($_, $at, 4096) ne $ones;
            $log //= $at;
            substr($_, $at, 4096) = "\0" x 4096;
        }
        substr($_, $log, 4096) = substr($restart, 0, 4096);
        substr($_, $log + 4096, 4096) = substr($restart, 0, 4096);
        my $table = index($_, pack("v*", 0 .. 96));
        substr($_, $table, 131072) = "\0" x 131072 if $table > 0;' "$1"
}
(echo hibr; head -c 5000 /dev/zero) >hibernation
fresh 4M && mkntfs -q -F -f -c 4096 disk.img >/dev/null 2>&1 &&
    ntfscp -q disk.img tree/usr/lib/os-release os-release >/dev/null 2>&1 &&
    shrink_ntfs disk.img && disk ntfs
fresh 4M && mkntfs -q -F -f -c 4096 disk.img >/dev/null 2>&1 &&
    ntfscp -q disk.img hibernation hiberfil.sys >/dev/null 2>&1 &&
    shrink_ntfs disk.img && disk ntfs_hibernated
(
    printf '/\n0 0\nd--755 0 0\netc d--755 0 0\ntable ---644 0 0 tree/etc/table\n'
    for name in tree/etc/*x; do printf '%s ---644 0 0 /dev/null\n' "${name##*/}"; done
    printf 'os-release l--777 0 0 %s\nfstab l--777 0 0 %s\n$\n' \
        "$(readlink tree/etc/os-release)" "$(readlink tree/etc/fstab)"
    printf 'usr d--755 0 0\nlib d--755 0 0\nos-release ---644 0 0 tree/usr/lib/os-release\n$\n$\n$\n'
) >proto
xfs() { # NAME OPTIONS...
    fresh 32M && mkfs.xfs -q -f --unsupported -b size=1024 -p proto "${@:2}" disk.img >/dev/null 2>&1 &&
        disk "$1"
}
xfs xfs_crc_0 -m crc=0 -d agcount=1
xfs xfs_crc_1 -m crc=1
fresh 2M && printf 'label: dos\nstart=64,size=1000,type=83\nstart=2000,size=2000,type=5\nstart=2064,size=500\n' |
    sfdisk -q disk.img 2>/dev/null && disk mbr
fresh 2M && printf 'label: gpt\nstart=64,size=1000\nstart=2000,size=1000\n' |
    sfdisk -q disk.img 2>/dev/null && disk gpt

# The first two bytes choose the writer.
mkdir -p "$out/format_round_trip"
for i in $(seq 0 3 99); do
    printf "$(printf '\\x%02x\\x%02x\\x%02x\\x%02x' 0 "$i" $((i % 3)) $((i % 5)))\x01\x30\x00\x00\x02\x20\x10\x55\x00\xff\x00\x00\x01\x00\x01\x00" \
        >"$out/format_round_trip/writer_$i"
done

# What no tool makes, and bombs: 256 KiB of zeros where a cluster may be.
head -c 256k /dev/zero | gzip -9nc | tail -c +11 | head -c -8 >bomb.deflate
head -c 256k /dev/zero | zstd -qc --no-check >bomb.zstd
"$fuzz_seeds" "$out" bomb.deflate bomb.zstd
mkdir -p "$out/ovf"
tar xf plain.ova -O --wildcards '*.ovf' >"$out/ovf/ours"
