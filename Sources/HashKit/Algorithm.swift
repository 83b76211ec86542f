internal import CCrypto

/// libcrypto's SHA-256, looked up once: each lookup costs more than hashing a short text.
@safe
enum Algorithm {
    /// The library hands out one reference-counted constant object and never changes it, so every thread may read it.
    nonisolated(unsafe) static let sha256: OpaquePointer? = unsafe EVP_MD_fetch(nil, "SHA256", nil)
}
