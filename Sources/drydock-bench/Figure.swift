/// One row of the table: what was measured, beside what it is compared with.
struct Figure: Sendable {
    enum Limit: Sendable {
        /// A bound: the program ends with status 1 when it is missed.
        case binding(Double)
        /// An aim, reported only.
        case aim(Double)
        case none
    }

    let what: String
    let ours: Double
    var unit = "ms"
    /// What it is compared with, or `nil` for a figure that stands alone.
    var peer: (name: String, value: Double)?
    /// For the ratio when there is a peer, else for the figure itself.
    var limit: Limit = .none

    var ratio: Double? { peer.map { ours / $0.value } }
    private var judged: Double { ratio ?? ours }

    var isMissedBound: Bool {
        if case .binding(let bound) = limit { judged > bound } else { false }
    }

    var verdict: String {
        switch limit {
        case .binding(let bound): judged <= bound ? "holds" : "MISSED"
        case .aim(let aim): judged <= aim ? "reached" : "not reached"
        case .none: ""
        }
    }

    private var limitText: String {
        switch limit {
        case .binding(let bound): "≤ \(Self.text(bound)) binding"
        case .aim(let aim): "≤ \(Self.text(aim)) aim"
        case .none: ""
        }
    }

    static func table(_ figures: [Figure]) -> String {
        let rows = figures.map { figure in
            [
                figure.what, Self.text(figure.ours) + " " + figure.unit,
                figure.peer.map { "\($0.name) \(Self.text($0.value)) \(figure.unit)" } ?? "",
                figure.ratio.map(Self.text) ?? "", figure.limitText, figure.verdict,
            ]
        }
        let all = [["what", "ours", "peer", "ratio", "limit", "verdict"]] + rows
        let widths = all[0].indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: "  ")
        }.joined(separator: "\n")
    }

    /// Three significant digits at least.
    static func text(_ value: Double) -> String {
        let unit: Double = value < 1 ? 1_000 : value < 100 ? 100 : 10
        return "\((value * unit).rounded() / unit)"
    }
}

/// What the subjects are given, and what they say besides figures.
struct BenchPlace: Sendable {
    /// An existing folder; everything that is written lies below it.
    let folder: String
    let fileSystem: String
    /// The `drydock` to measure, where one is needed.
    let binary: String?
}
