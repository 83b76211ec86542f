internal import Core
internal import Journal
internal import Models

/// What the events of a step say of its call to a model: the ledger of a run is the sum over these.
///
/// Written as arrays, since an event has no room for more.
enum CallMark {
    /// What a call may come to, where its step begins.
    static let reserveMember = "reserve"
    /// What it came to, where its step ends.
    static let callMember = "call"

    static func reserve(_ estimate: Usage) -> [String: JSONValue] {
        [reserveMember: .array(estimate.numbers)]
    }

    static func call(role: String, model: ModelIdentity, _ usage: Usage) -> [String: JSONValue] {
        // The whole name is in the reply; a name may be a file's path, and an event has no room for one.
        let name = "\(model)"
        let short = name.utf8.count > nameLimit ? String(name.prefix(nameLimit / 4 * 3)) + "…" : name
        return [callMember: .array([.string(role), .string(short)] + usage.numbers)]
    }

    /// In bytes of UTF-8.
    private static let nameLimit = 40

    /// What a beginning step has reserved; `nil` when it calls no model.
    static func reservation(in event: Event) -> Usage? {
        event.body[reserveMember]?.array.map { Usage(numbers: $0[...]) }
    }

    /// The role, the model and the usage of a call that has ended; `nil` when it was none.
    static func call(in event: Event) -> (role: String, model: String, usage: Usage)? {
        guard let parts = event.body[callMember]?.array, parts.count >= 2 else { return nil }
        return (parts[0].string ?? "", parts[1].string ?? "", Usage(numbers: parts[2...]))
    }
}

extension Usage {
    /// Input, output and cost first; the rest only as far as it is not zero.
    fileprivate var numbers: [JSONValue] {
        let counts = [inputTokens, outputTokens]
        let rest = [cachedInputTokens, cacheWriteTokens, reasoningTokens]
        let needed = rest.lastIndex { $0 != 0 }.map { $0 + 1 } ?? 0
        return counts.map { .integer(Int64($0)) } + [.number(costUSD)] + rest.prefix(needed).map { .integer(Int64($0)) }
    }

    fileprivate init(numbers: ArraySlice<JSONValue>) {
        let values = Array(numbers)
        func count(_ index: Int) -> Int {
            guard values.indices.contains(index), let value = values[index].integer else { return 0 }
            return Int(value)
        }
        self.init(
            inputTokens: count(0),
            outputTokens: count(1),
            costUSD: values.indices.contains(2) ? values[2].amount : 0,
            cachedInputTokens: count(3),
            cacheWriteTokens: count(4),
            reasoningTokens: count(5)
        )
    }
}

extension JSONValue {
    /// A whole amount is written, and read again, as an integer.
    fileprivate var amount: Double {
        switch self {
        case .number(let value): value
        case .integer(let value): Double(value)
        default: 0
        }
    }
}
