// Tests of ArchiveKit.
