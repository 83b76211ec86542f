// ArchiveKit: reading and writing archives by libarchive, and the files that go in and out of them.
//
// `ArchiveWriter` turns entries into a pax archive of independent zstd frames (the "seekable" format:
// plain `tar` and `zstd` read it, and several cores can work on it); `ArchiveReader` hands the entries
// of one back, one by one. `Folder`, `InputFile` and `OutputFile` reach files by name from an open
// directory, so that no link can bend a path.
