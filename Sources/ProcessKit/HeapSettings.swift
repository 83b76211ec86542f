internal import CLinux

/// How this process's heap grows.
package enum HeapSettings {
    /// Address space that is asked for at a time; pages that nothing was written to take no memory.
    private static let step: Int32 = 256 << 10
    /// Free memory at the heap's end that is kept for what comes next.
    private static let kept: Int32 = 2 << 20

    /// Has the heap grow and shrink in larger steps, which saves several system calls for each call of a model, and keeps
    /// it together.
    package static func prepare() {
        shim_set_heap(step, kept)
    }
}
