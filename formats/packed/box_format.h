#pragma once

#include "formats/format.h"

namespace kiln::formats {

/// Vagrant boxes: a tar archive, compressed or not, with a disk of another format in it. Only read.
///
/// The disk's format is what the file's name and `metadata.json` say (`box.img` of libvirt is a
/// qcow2), never what its first bytes look like. In an archive that is not compressed the disk is
/// read where it lies. Disk formats keep their tables anywhere, and a compressed archive cannot be
/// gone back in: its disk is first unpacked to an unnamed temporary file (formats/spool.h), as the
/// only case where kiln does that for an image. Files that the disk names are never opened.
extern const Format kBoxFormat;

}  // namespace kiln::formats
