/// A piece of memory at an address that does not move, which one owner fills before it is shared.
///
/// Sharing is safe because nothing writes after it is handed over: the writer forgets the chunk then.
@safe
final class Chunk: @unchecked Sendable {
    private let memory: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    init(capacity: Int) {
        unsafe memory = .allocate(byteCount: capacity, alignment: 16)
    }

    deinit {
        unsafe memory.deallocate()
    }

    var capacity: Int { unsafe memory.count }
    var isFull: Bool { count == capacity }

    /// The bytes that have been filled in.
    var bytes: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(rebasing: memory[..<count]) }

    /// Takes as many of `source`'s bytes as there is room for, and says how many.
    func append(_ source: UnsafeRawBufferPointer) -> Int {
        let taken = min(source.count, capacity - count)
        guard taken > 0 else { return 0 }
        unsafe UnsafeMutableRawBufferPointer(rebasing: memory[count...])
            .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[..<taken]))
        count += taken
        return taken
    }

    /// Lets `fill` write behind what is there; it says how many bytes it wrote, or that it failed with `nil`.
    func fill(_ fill: (UnsafeMutableRawBufferPointer) -> Int?) -> Int? {
        guard let added = unsafe fill(UnsafeMutableRawBufferPointer(rebasing: memory[count...])) else { return nil }
        count += added
        return added
    }
}
