package import Core
internal import Journal
package import Models

/// What the events of a step say of its call to a model: the ledger of a run is the sum over these.
///
/// Written as arrays, since an event has no room for more.
enum CallMark {
    /// What a call may come to, where its step begins.
    static let reserveMember = "reserve"
    /// What it came to, where its step ends.
    static let callMember = "call"

    /// Whom a call asks first, where its step begins.
    static let modelMember = "model"
    /// Says where a step fails that no model was asked.
    private static let unsentMember = "unsent"

    /// The model is left out where the path leaves it no room.
    static func reserve(_ estimate: Usage, of model: ModelIdentity, at path: StepPath) -> [String: JSONValue] {
        var members: [String: JSONValue] = [reserveMember: .array(estimate.numbers)]
        if path.description.utf8.count <= pathLimit { members[modelMember] = .string(shortened(model)) }
        return members
    }

    static func call(role: String, model: ModelIdentity, _ usage: Usage) -> [String: JSONValue] {
        [callMember: .array([.string(role), .string(shortened(model))] + usage.numbers)]
    }

    /// The whole name is in the reply; a name may be a file's path, and an event has no room for one.
    static func shortened(_ model: ModelIdentity) -> String {
        let name = "\(model)"
        guard name.utf8.count > nameLimit else { return name }
        var bytes = 0
        let kept = name.prefix { character in
            bytes += character.utf8.count
            return bytes <= nameLimit / 4 * 3
        }
        return kept + "…"
    }

    /// What a call counts with that gave no answer; `nil` for one that was cut before any model was asked.
    static func lost(role: String, _ usage: Usage?) -> [String: JSONValue] {
        guard let usage else { return [unsentMember: true] }
        guard usage != .zero else { return [:] }
        return [callMember: .array([.string(role), .string(UsageShares.lost)] + usage.numbers)]
    }

    /// In bytes of UTF-8, as the other.
    private static let nameLimit = 40
    private static let pathLimit = 60

    /// What a beginning step has reserved; `nil` when it calls no model.
    static func reservation(in event: Event) -> Usage? {
        event.body[reserveMember]?.array.map { Usage(numbers: $0[...]) }
    }

    /// Whether a failed step's call was cut before any model was asked, so that it is none.
    static func wasUnsent(_ event: Event) -> Bool { event.body[unsentMember] == true }

    /// The role, the model and the usage of a call that has ended; `nil` when it was none.
    static func call(in event: Event) -> (role: String, model: String, usage: Usage)? {
        guard let parts = event.body[callMember]?.array, parts.count >= 2 else { return nil }
        return (parts[0].string ?? "", parts[1].string ?? "", Usage(numbers: parts[2...]))
    }
}

/// What an event says of a call to a model, for whoever shows a run while it is under way.
package struct CallFigures: Equatable, Sendable {
    /// Whom the call asks first; once it has ended, who answered; `nil` where nobody did, or the event has no room.
    package let model: String?
    /// What it used; `nil` while it is under way.
    package let usage: Usage?

    /// Reads the body of an event; `nil` when its step calls no model.
    package init?(body: JSONValue) {
        if let parts = body[CallMark.callMember]?.array, parts.count >= 2 {
            let name = parts[1].string
            model = name == UsageShares.lost ? nil : name
            usage = Usage(numbers: parts[2...])
        } else if body[CallMark.reserveMember] != nil {
            model = body[CallMark.modelMember]?.string
            usage = nil
        } else {
            return nil
        }
    }
}

extension Usage {
    /// Input, output and cost first; the rest only as far as it is not zero.
    fileprivate var numbers: [JSONValue] {
        let counts = [inputTokens, outputTokens]
        let rest = [cachedInputTokens, cacheWriteTokens, reasoningTokens, estimatedTokens]
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
            reasoningTokens: count(5),
            estimatedTokens: count(6)
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
