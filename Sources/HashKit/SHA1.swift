internal import CCrypto

/// A SHA-1 computation, for the names that git gives to objects.
///
/// It shows that two contents are the same when nobody wants to deceive; it protects nothing.
@safe
package struct SHA1: ~Copyable {
    private let context: OpaquePointer?

    package init() {
        unsafe context = EVP_MD_CTX_new()
        let code = unsafe EVP_DigestInit_ex2(context, Algorithm.sha1, nil)
        precondition(code == 1, "libcrypto has no SHA-1")
    }

    deinit {
        unsafe EVP_MD_CTX_free(context)
    }

    /// Takes in bytes that somebody lends.
    package mutating func update(_ bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBufferPointer { buffer in
            let code = unsafe EVP_DigestUpdate(context, buffer.baseAddress, buffer.count)
            precondition(code == 1, "libcrypto refused input")
        }
    }

    /// Ends the computation; the hash has 20 bytes.
    package consuming func finalize() -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: 20) { buffer, count in
            let code = unsafe EVP_DigestFinal_ex(context, buffer.baseAddress, nil)
            precondition(code == 1, "libcrypto could not finish")
            count = 20
        }
    }
}
