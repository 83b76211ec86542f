// ArchiveKit: reading and writing archives by libarchive.
