internal import CLinux

/// How many descriptors this process may have open.
package enum OpenFileLimit {
    /// Enough for thousands of connections; a child that walks over all numbers up to its limit is still quick.
    private static let most: UInt64 = 16_384

    /// Lifts the soft limit, often 1,024, towards the hard one; left as it is where the system refuses.
    ///
    /// Children inherit it.
    package static func raise() {
        _ = shim_raise_descriptors(most)
    }
}
