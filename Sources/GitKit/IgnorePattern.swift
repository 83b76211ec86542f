/// One line of a `.gitignore` file, as git reads it.
///
/// Matching takes time in proportion to the pattern's length times the path's, whatever the pattern.
struct IgnorePattern: Equatable {
    private let pattern: [UInt8]
    /// Whether the line takes paths back out of what earlier lines ignore.
    let isNegated: Bool
    /// Whether the line stands for folders only.
    let isFolderOnly: Bool
    /// Whether the pattern is for the path below the file's folder, else for the last name alone.
    private let isPath: Bool
    private let isLiteral: Bool

    /// Reads one line without its line feed; `nil` for a blank line or a comment.
    init?(line: some Sequence<UInt8>) {
        var text = Self.trimmed(Array(line))
        guard let first = text.first, first != UInt8(ascii: "#") else { return nil }
        isNegated = first == UInt8(ascii: "!")
        if isNegated { text.removeFirst() }
        isFolderOnly = text.last == UInt8(ascii: "/")
        if isFolderOnly { text.removeLast() }
        isPath = text.contains(UInt8(ascii: "/"))
        if text.first == UInt8(ascii: "/") { text.removeFirst() }
        guard !text.isEmpty else { return nil }
        pattern = text
        isLiteral = !text.contains { "*?[\\".utf8.contains($0) }
    }

    /// Without a carriage return at the end, and without spaces there unless a backslash keeps them.
    private static func trimmed(_ line: [UInt8]) -> [UInt8] {
        var text = line
        if text.last == UInt8(ascii: "\r") { text.removeLast() }
        var end = 0
        var index = 0
        while index < text.count {
            if text[index] == UInt8(ascii: "\\"), index + 1 < text.count {
                index += 2
                end = index
            } else {
                index += 1
                if text[index - 1] != UInt8(ascii: " ") { end = index }
            }
        }
        return Array(text[..<end])
    }

    /// Whether the pattern stands for `path`, which starts below the folder of the `.gitignore` file.
    func matches(path: ArraySlice<UInt8>, name: ArraySlice<UInt8>, isFolder: Bool) -> Bool {
        guard isFolder || !isFolderOnly else { return false }
        let text = isPath ? path : name
        if isLiteral { return text.elementsEqual(pattern) }
        var matcher = WildcardMatcher(pattern: pattern, text: Array(text))
        return matcher.matches()
    }
}

/// Matches a shell pattern with `**` against a path, remembering what has failed.
private struct WildcardMatcher {
    private let pattern: [UInt8]
    private let text: [UInt8]
    private var failed: [Bool]

    init(pattern: [UInt8], text: [UInt8]) {
        self.pattern = pattern
        self.text = text
        failed = Array(repeating: false, count: (pattern.count + 1) * (text.count + 1))
    }

    mutating func matches() -> Bool {
        matches(from: 0, at: 0)
    }

    private static let slash = UInt8(ascii: "/")

    private mutating func matches(from start: Int, at place: Int) -> Bool {
        var (index, position) = (start, place)
        while index < pattern.count {
            let symbol = pattern[index]
            if symbol == UInt8(ascii: "*") { return matchesStar(from: index, at: position) }
            guard position < text.count else { return false }
            switch symbol {
            case UInt8(ascii: "?"):
                guard text[position] != Self.slash else { return false }
                index += 1
            case UInt8(ascii: "["):
                guard let next = classEnd(from: index, matching: text[position]) else { return false }
                index = next
            case UInt8(ascii: "\\") where index + 1 < pattern.count:
                guard text[position] == pattern[index + 1] else { return false }
                index += 2
            default:
                guard text[position] == symbol else { return false }
                index += 1
            }
            position += 1
        }
        return position == text.count
    }

    private mutating func matchesStar(from start: Int, at place: Int) -> Bool {
        let key = start * (text.count + 1) + place
        guard !failed[key] else { return false }
        var next = start
        while next < pattern.count, pattern[next] == UInt8(ascii: "*") { next += 1 }
        let opens = start == 0 || pattern[start - 1] == Self.slash
        let closes = next == pattern.count || pattern[next] == Self.slash
        let crossesFolders = next - start >= 2 && opens && closes
        if crossesFolders, next < pattern.count, matches(from: next + 1, at: place) { return true }
        var position = place
        while true {
            if matches(from: next, at: position) { return true }
            guard position < text.count, crossesFolders || text[position] != Self.slash else { break }
            position += 1
        }
        failed[key] = true
        return false
    }

    /// The index behind a bracket expression when `byte` is in it, else `nil`.
    private func classEnd(from start: Int, matching byte: UInt8) -> Int? {
        var index = start + 1
        guard index < pattern.count else { return nil }
        let isNegated = pattern[index] == UInt8(ascii: "!") || pattern[index] == UInt8(ascii: "^")
        if isNegated { index += 1 }
        var isInside = false
        var isFirst = true
        while index < pattern.count, isFirst || pattern[index] != UInt8(ascii: "]") {
            isFirst = false
            if let (contains, next) = namedClass(at: index, byte) {
                isInside = isInside || contains
                index = next
                continue
            }
            guard let (low, afterLow) = classByte(at: index) else { return nil }
            index = afterLow
            var high = low
            if index + 1 < pattern.count, pattern[index] == UInt8(ascii: "-"), pattern[index + 1] != UInt8(ascii: "]") {
                guard let (bound, afterHigh) = classByte(at: index + 1) else { return nil }
                (high, index) = (bound, afterHigh)
            }
            if low <= byte && byte <= high { isInside = true }
        }
        guard index < pattern.count, isInside != isNegated, byte != Self.slash else { return nil }
        return index + 1
    }

    private func classByte(at index: Int) -> (UInt8, Int)? {
        guard pattern[index] == UInt8(ascii: "\\") else { return (pattern[index], index + 1) }
        return index + 1 < pattern.count ? (pattern[index + 1], index + 2) : nil
    }

    /// Reads `[:name:]` at `index`.
    private func namedClass(at index: Int, _ byte: UInt8) -> (contains: Bool, next: Int)? {
        let rest = pattern[index...]
        guard rest.starts(with: Array("[:".utf8)),
            let colon = rest.dropFirst(2).firstIndex(of: UInt8(ascii: ":")),
            colon + 1 < pattern.count, pattern[colon + 1] == UInt8(ascii: "]")
        else { return nil }
        let character = Character(Unicode.Scalar(byte))
        let isASCII = byte < 0x80
        let isPrinting = (0x21...0x7E).contains(byte)
        let contains: Bool? =
            switch String(decoding: pattern[(index + 2)..<colon], as: UTF8.self) {
            case "alpha": isASCII && character.isLetter
            case "digit": isASCII && character.isNumber
            case "alnum": isASCII && (character.isLetter || character.isNumber)
            case "upper": isASCII && character.isUppercase
            case "lower": isASCII && character.isLowercase
            case "space": byte == 0x20 || (0x09...0x0D).contains(byte)
            case "blank": byte == 0x20 || byte == 0x09
            case "punct": isPrinting && !character.isLetter && !character.isNumber
            case "graph": isPrinting
            case "print": isPrinting || byte == 0x20
            case "cntrl": byte < 0x20 || byte == 0x7F
            case "xdigit": isASCII && character.isHexDigit
            default: nil
            }
        return contains.map { ($0, colon + 2) }
    }
}
