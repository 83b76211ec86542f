internal import CCrypto
package import Core

/// A SHA-256 computation that takes its input piece by piece.
@safe
package struct SHA256: ~Copyable {
    private let context: OpaquePointer?

    package init() {
        unsafe context = ContextPool.shared.take()
        let code = unsafe EVP_DigestInit_ex2(context, Algorithm.sha256, nil)
        precondition(code == 1, "libcrypto has no SHA-256")
    }

    deinit {
        unsafe ContextPool.shared.give(context)
    }

    /// Takes in more bytes.
    package mutating func update(_ bytes: some Sequence<UInt8>) {
        let done: Void? = bytes.withContiguousStorageIfAvailable { buffer in
            let code = unsafe EVP_DigestUpdate(context, buffer.baseAddress, buffer.count)
            precondition(code == 1, "libcrypto refused input")
        }
        if done == nil {
            update(Array(bytes))
        }
    }

    /// Takes in the UTF-8 bytes of a text.
    package mutating func update(_ text: String) {
        update(text.utf8)
    }

    /// Ends the computation.
    package consuming func finalize() -> Digest {
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: Digest.size) { buffer, count in
            let code = unsafe EVP_DigestFinal_ex(context, buffer.baseAddress, nil)
            precondition(code == 1, "libcrypto could not finish")
            count = Digest.size
        }
        guard let digest = Digest(bytes: bytes) else { preconditionFailure("SHA-256 has \(Digest.size) bytes") }
        return digest
    }
}

extension Digest {
    /// The hash of some bytes.
    package static func sha256(of bytes: some Sequence<UInt8>) -> Digest {
        var hasher = SHA256()
        hasher.update(bytes)
        return hasher.finalize()
    }

    /// The hash of a text's UTF-8 bytes.
    package static func sha256(of text: String) -> Digest {
        sha256(of: text.utf8)
    }
}
