extension SHA256 {
    /// Takes in bytes that somebody lends.
    package mutating func update(_ bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBufferPointer { unsafe update($0) }
    }
}
