/// Makes lines out of chunks, with bounds on their length and number.
struct LineSplitter {
    /// A longer line is delivered in pieces of this many bytes.
    static let lengthLimit = 4_096
    /// After this many lines only the last one of each chunk is delivered.
    static let countLimit = 20_000

    private var rest: [UInt8] = []
    private var delivered = 0

    /// Calls `deliver` for each line that `bytes` complete.
    mutating func append(_ bytes: [UInt8], deliver: (String) -> Void) {
        var lines: [ArraySlice<UInt8>] = []
        let text = rest + bytes
        var start = text.startIndex
        for index in text.indices where text[index] == 10 || index - start >= Self.lengthLimit {
            lines.append(text[start..<index])
            start = text[index] == 10 ? index + 1 : index
        }
        rest = Array(text[start...])
        let wanted = delivered < Self.countLimit ? lines[...] : lines.suffix(1)
        delivered += wanted.count
        for line in wanted {
            deliver(String(decoding: line, as: UTF8.self))
        }
    }

    /// Delivers what follows the last line feed.
    mutating func finish(deliver: (String) -> Void) {
        guard !rest.isEmpty else { return }
        deliver(String(decoding: rest, as: UTF8.self))
        rest = []
    }
}
