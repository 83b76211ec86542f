import Core

/// A reply while its parts come in.
struct ReplyDraft: Sendable {
    private let limit: Int
    private var text = ""
    /// What the model gave to the tool that stands for the schema.
    private var arguments = ""
    var usage = Usage.zero
    var ending: ModelReply.Ending?
    var continuation: String?

    /// - Parameter limit: The longest text in bytes.
    init(limit: Int) { self.limit = limit }

    mutating func add(text more: String) throws(ProviderFault) {
        try check(more)
        text += more
    }

    mutating func add(arguments more: String) throws(ProviderFault) {
        try check(more)
        arguments += more
    }

    /// The reply; `complete` unless the provider said otherwise.
    var reply: WireReply {
        WireReply(
            ModelReply(text: arguments.isEmpty ? text : arguments, usage: usage, ending: ending ?? .complete),
            continuation: continuation
        )
    }

    private func check(_ more: String) throws(ProviderFault) {
        guard text.utf8.count + arguments.utf8.count + more.utf8.count <= limit else {
            throw ProviderFault(.tooLarge, "more than \(limit) bytes")
        }
    }
}

/// Reading what providers send.
enum WireJSON {
    /// The object that an answer's body, or one line of a stream, consists of.
    static func object(_ body: [UInt8]) throws(ProviderFault) -> JSONValue {
        guard body.contains(where: { $0 > 0x20 }) else { throw ProviderFault(.malformed, "an empty answer") }
        let value: JSONValue
        do {
            value = try JSONValue(parsing: body)
        } catch {
            throw ProviderFault(.malformed, "no JSON: \(error)")
        }
        guard case .object = value else { throw ProviderFault(.malformed, "JSON, but no object") }
        return value
    }

    /// An element of an answer that has to be there.
    static func required(_ value: JSONValue?, _ name: String) throws(ProviderFault) -> JSONValue {
        guard let value, value != .null else { throw ProviderFault(.malformed, "no '\(name)'") }
        return value
    }
}

extension JSONValue? {
    /// A number of tokens: 0 for anything that is none.
    var count: Int { self?.integer.map { Int(clamping: Swift.max(0, $0)) } ?? 0 }

    /// A number that may be absent.
    var optionalCount: Int? { self?.integer.map { Int(clamping: Swift.max(0, $0)) } }
}

extension JSONValue {
    /// An object of those members that have a value.
    static func members(_ members: [String: JSONValue?]) -> JSONValue {
        .object(members.compactMapValues { $0 })
    }
}
