internal import CCrypto

/// libcrypto's algorithms, looked up once: each lookup costs more than hashing a short text.
@safe
enum Algorithm {
    /// The library hands out one reference-counted constant object and never changes it, so every thread may read it.
    nonisolated(unsafe) static let sha256: OpaquePointer? = unsafe EVP_MD_fetch(nil, "SHA256", nil)
    nonisolated(unsafe) static let sha1: OpaquePointer? = unsafe EVP_MD_fetch(nil, "SHA1", nil)
}
