/// What a program printed, as plain text: without the sequences that colour, move and erase.
package enum ProgramOutput {
    /// The text as a terminal would leave it, without escape sequences and control characters.
    ///
    /// Of a line that was written over with a carriage return only the last version stays.
    package static func plain(_ text: some StringProtocol) -> String {
        let lines = withoutEscapes(text).replacing("\r\n", with: "\n")
            .split(separator: "\n", omittingEmptySubsequences: false)
            .map { line in line.split(separator: "\r").last ?? "" }
        return SafeText.clean(lines.joined(separator: "\n"))
    }

    /// The last lines of a text that are not empty, as ``plain(_:)`` leaves them; longer ones are cut.
    ///
    /// - Parameters:
    ///   - text: What was printed.
    ///   - count: How many lines at most.
    ///   - width: How many characters of each at most.
    /// - Returns: The lines in their order.
    package static func lastLines(of text: String, count: Int = 20, width: Int = 300) -> [String] {
        let end = text.unicodeScalars.suffix(count * width * 2)
        let lines = plain(String(end)).split(separator: "\n").filter { line in !line.allSatisfy(\.isWhitespace) }
        return lines.suffix(count).map { line in
            line.count > width ? line.prefix(width - 1) + "…" : String(line)
        }
    }

    /// Sequences as ECMA-48 has them: `ESC [ … letter`, `ESC ] … BEL`, strings up to `ESC \`, and two-character ones.
    private static func withoutEscapes(_ text: some StringProtocol) -> String {
        var result = String.UnicodeScalarView()
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\u{1b}": dropEscape(from: &rest)
            case "\u{9b}": dropControlSequence(from: &rest)
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    private static func dropEscape<Scalars: Collection<Unicode.Scalar>>(from rest: inout Scalars)
    where Scalars == Scalars.SubSequence {
        guard let kind = rest.popFirst() else { return }
        switch kind {
        case "[": dropControlSequence(from: &rest)
        case "]", "P", "X", "^", "_":
            while let scalar = rest.popFirst(), scalar != "\u{7}", scalar != "\n" {
                guard scalar == "\u{1b}" else { continue }
                _ = rest.popFirst()
                return
            }
        case " "..."/":
            while let scalar = rest.popFirst(), (" "..."/").contains(scalar) {}
        default: break
        }
    }

    private static func dropControlSequence<Scalars: Collection<Unicode.Scalar>>(from rest: inout Scalars)
    where Scalars == Scalars.SubSequence {
        while let scalar = rest.first, (" "..."?").contains(scalar) { _ = rest.popFirst() }
        if let last = rest.first, ("@"..."~").contains(last) { _ = rest.popFirst() }
    }
}
