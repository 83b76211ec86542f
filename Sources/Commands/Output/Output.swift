internal import CommandLineKit
internal import Core
internal import FoundationEssentials
internal import Settings
internal import Synchronization

/// The two streams of a command: results on standard output, all else on standard error.
final class Output: Sendable {
    let isJSON: Bool
    let isQuiet: Bool
    /// How results look.
    let style: Style
    /// How everything else looks.
    let noteStyle: Style
    private let closed = Atomic(false)

    init(isJSON: Bool, isQuiet: Bool, color: ColorChoice, environment: [String: String]) {
        self.isJSON = isJSON
        self.isQuiet = isQuiet
        style = Style(color, isTerminal: StandardStream.output.isTerminal, environment: environment)
        noteStyle = Style(color, isTerminal: StandardStream.error.isTerminal, environment: environment)
    }

    /// The streams of a command without options of its own for them.
    static var standard: Output {
        Output(isJSON: false, isQuiet: false, color: .auto, environment: ProcessInfo.processInfo.environment)
    }

    /// The streams of a command that failed, perhaps before its words were understood: colours as it was told.
    static func forErrors(of words: [String]) -> Output {
        let surroundings = try? Surroundings.current()
        let settings = try? surroundings?.settings([SettingFlag(SettingKeys.color, color(in: words), flag: "--color")])
        return Output(
            isJSON: false,
            isQuiet: false,
            color: settings?[SettingKeys.color] ?? .auto,
            environment: ProcessInfo.processInfo.environment
        )
    }

    /// What `--color` says in words that need not be a sound command line.
    private static func color(in words: [String]) -> String? {
        let options = words.prefix { $0 != "--" }
        guard let index = options.lastIndex(where: { $0 == "--color" || $0.hasPrefix("--color=") }) else { return nil }
        if options[index] != "--color" { return String(options[index].dropFirst("--color=".count)) }
        return options.indices.contains(index + 1) ? options[index + 1] : nil
    }

    /// Whether the reader of the results has gone; the rest of them is not wanted.
    var isClosed: Bool { closed.load(ordering: .relaxed) }

    /// Columns for results, or `nil` when they do not go to a terminal.
    var width: Int? { StandardStream.output.isTerminal ? StandardStream.output.width : nil }

    /// Writes lines of the result; nothing once the reader has gone.
    ///
    /// - Throws: ``OutputError`` when the text cannot be written for any other reason.
    func result(_ lines: String...) throws { try result(lines) }

    func result(_ lines: [String]) throws {
        guard !isClosed, !lines.isEmpty else { return }
        do {
            try StandardStream.output.write(lines.joined(separator: "\n") + "\n")
        } catch .closed {
            closed.store(true, ordering: .relaxed)
        } catch {
            throw OutputError(error)
        }
    }

    /// Writes a value as one JSON text, with line breaks for people.
    func json(_ value: some Encodable) throws {
        try result(String(decoding: JSON.encode(value, pretty: true), as: UTF8.self))
    }

    /// Writes names, one a line, or all in an array where JSON is wanted.
    func names(_ names: [String]) throws {
        if isJSON { try json(names) } else { try result(names) }
    }

    /// Writes a value as one line of JSON.
    func jsonLine(_ value: some Encodable) throws {
        try result(String(decoding: JSON.encode(value), as: UTF8.self))
    }

    func table(_ table: Table) throws {
        try result(table.lines(width: width, style: style))
    }

    /// Says something that is no result; a reader who has gone misses it.
    func note(_ text: String) {
        guard !isQuiet else { return }
        try? StandardStream.error.write(text + "\n")
    }
}

/// Results that could not be written.
struct OutputError: ReportableError {
    let description: String
    let kind: FaultKind

    init(_ failure: StandardStream.Failure) {
        switch failure {
        case .diskFull:
            description = "the result could not be written: no space is left"
            kind = .diskFull
        case .closed:
            description = "the result could not be written: the output is closed"
            kind = .failed
        case .other(let code):
            description = "the result could not be written (errno \(code))"
            kind = .failed
        }
    }

    var hint: String? { kind == .diskFull ? "free some space, or write the output elsewhere" : nil }
}
