// HashKit: SHA-256 by libcrypto, over values in memory and over open files; SHA-1 for git's names of contents.
