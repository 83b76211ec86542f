// HashKit: SHA-256 by libcrypto.
