package import Settings

/// How text looks on a terminal.
package enum Tone: String {
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
    case cyan = "36"
}

/// Paints text, or leaves it alone where colours are not wanted.
package struct Style: Sendable {
    package let isColored: Bool

    package static let plain = Style(isColored: false)

    package init(isColored: Bool) {
        self.isColored = isColored
    }

    /// Colours when they are asked for, or when nothing speaks against them.
    ///
    /// `NO_COLOR` (https://no-color.org) and `TERM=dumb` speak against, `FORCE_COLOR` for them where there is no terminal.
    package init(_ choice: ColorChoice, isTerminal: Bool, environment: [String: String]) {
        func isSet(_ name: String) -> Bool { environment[name].map { !$0.isEmpty } ?? false }
        isColored =
            switch choice {
            case .always: true
            case .never: false
            case .auto where isSet("NO_COLOR") || environment["TERM"] == "dumb": false
            case .auto: isTerminal || isSet("FORCE_COLOR")
            }
    }

    package func paint(_ text: String, _ tones: Tone...) -> String {
        guard isColored, !text.isEmpty, !tones.isEmpty else { return text }
        return "\u{1b}[\(tones.map { $0.rawValue }.joined(separator: ";"))m\(text)\u{1b}[0m"
    }
}
