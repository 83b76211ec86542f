extension StringProtocol {
    /// The text with every control character, and every character that changes the reading direction, escaped.
    ///
    /// For anything that comes from a model, a tool or a file name and goes to a terminal on one line.
    package var printable: String {
        escapingControls(keeping: [])
    }

    /// As ``printable``, but tabs and line feeds stay, for text of several lines.
    package var printableLines: String {
        escapingControls(keeping: ["\t", "\n"])
    }

    private func escapingControls(keeping kept: Set<Unicode.Scalar>) -> String {
        var text = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            if !kept.contains(scalar), scalar.isUnprintable {
                text.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
            } else {
                text.append(scalar)
            }
        }
        return String(text)
    }
}

extension Unicode.Scalar {
    /// Control characters (C0, DEL, C1) and the marks that reorder or hide text.
    private static let directionMarks: ClosedRange<UInt32> = 0x202A...0x202E
    private static let isolates: ClosedRange<UInt32> = 0x2066...0x2069

    fileprivate var isUnprintable: Bool {
        value < 0x20 || (0x7F...0x9F).contains(value) || Self.directionMarks.contains(value)
            || Self.isolates.contains(value) || value == 0x2028 || value == 0x2029
    }
}
