package import Core

/// The entries of one mapping, checked against the keys that it may have.
///
///     let fields = try YAMLFields(node, of: "a guide", known: ["name", "title"])
///     let name = try fields.required("name").string()
///     let title = try fields.string("title") ?? name
package struct YAMLFields: Sendable {
    package let place: YAMLPlace
    package let entries: [YAMLEntry]
    private let what: String

    /// - Parameters:
    ///   - node: The mapping; a null node counts as an empty one.
    ///   - what: The mapping's name in errors, with its article: `a guide`.
    ///   - known: All keys that it may have, in the order in which an error lists them.
    /// - Throws: ``YAMLError`` for a node of another shape, and for the first unknown key.
    package init(_ node: YAMLNode, of what: String, known: [String]) throws(YAMLError) {
        entries = node.isNull ? [] : try node.entries()
        place = node.place
        self.what = what
        for entry in entries where !known.contains(entry.key) {
            throw YAMLError(
                at: entry.keyPlace,
                "\(what) has no key '\(entry.key.printable)'",
                hint: "known keys: \(known.joined(separator: ", "))"
            )
        }
    }

    /// The value of `key`; `nil` when it is missing or null.
    package subscript(key: String) -> YAMLNode? {
        guard let node = entries.first(where: { $0.key == key })?.value, !node.isNull else { return nil }
        return node
    }

    package func required(_ key: String) throws(YAMLError) -> YAMLNode {
        guard let node = self[key] else { throw YAMLError(at: place, "\(what) needs the key '\(key)'") }
        return node
    }

    package func string(_ key: String) throws(YAMLError) -> String? { try self[key]?.string() }
    package func integer(_ key: String) throws(YAMLError) -> Int? { try self[key]?.integer() }
    package func number(_ key: String) throws(YAMLError) -> Double? { try self[key]?.number() }
    package func bool(_ key: String) throws(YAMLError) -> Bool? { try self[key]?.bool() }
    package func strings(_ key: String) throws(YAMLError) -> [String]? { try self[key]?.strings() }
}

extension YAMLNode {
    /// The text of a scalar that is not null; `1`, `true` and the like are text too.
    package func string() throws(YAMLError) -> String {
        guard case .scalar(let text, _) = content, !isNull else { throw error("this must be text, not \(shape)") }
        return text
    }

    /// A whole number, without quotes.
    package func integer() throws(YAMLError) -> Int {
        guard case .scalar(let text, .plain) = content, let number = Int(text) else {
            throw error("this must be a whole number, not \(shape)")
        }
        return number
    }

    /// A finite number, without quotes.
    package func number() throws(YAMLError) -> Double {
        guard case .scalar(let text, .plain) = content, let number = Double(decimal: text) else {
            throw error("this must be a number, not \(shape)")
        }
        return number
    }

    /// `true` or `false`, without quotes.
    package func bool() throws(YAMLError) -> Bool {
        switch content {
        case .scalar("true", .plain): return true
        case .scalar("false", .plain): return false
        default: throw error("this must be true or false, not \(shape)")
        }
    }

    /// The elements of a sequence.
    package func elements() throws(YAMLError) -> [YAMLNode] {
        guard case .sequence(let elements) = content else { throw error("this must be a list, not \(shape)") }
        return elements
    }

    /// A sequence of texts.
    package func strings() throws(YAMLError) -> [String] {
        var strings: [String] = []
        for element in try elements() {
            strings.append(try element.string())
        }
        return strings
    }

    /// The entries of a mapping.
    package func entries() throws(YAMLError) -> [YAMLEntry] {
        guard case .mapping(let entries) = content else {
            throw error("this must be a mapping of keys to values, not \(shape)")
        }
        return entries
    }

    /// The one of `cases` whose raw value this text is.
    package func choice<Value: RawRepresentable<String> & CaseIterable>(
        _ type: Value.Type = Value.self
    ) throws(YAMLError) -> Value {
        let text = try string()
        guard let value = Value(rawValue: text) else {
            let known = Value.allCases.map { $0.rawValue }.joined(separator: ", ")
            throw error("'\(text.printable)' is not known here", hint: "one of: \(known)")
        }
        return value
    }

    /// The same tree as JSON, with the types that YAML 1.2's core schema gives to plain scalars.
    package var json: JSONValue {
        switch content {
        case .scalar(let text, let style): style == .plain ? Self.json(plain: text, isNull: isNull) : .string(text)
        case .sequence(let elements): .array(elements.map { $0.json })
        case .mapping(let entries):
            .object(Dictionary(entries.map { ($0.key, $0.value.json) }) { _, last in last })
        }
    }

    private static func json(plain text: String, isNull: Bool) -> JSONValue {
        if isNull { return .null }
        if text == "true" || text == "false" { return .bool(text == "true") }
        if let integer = Int64(text) { return .integer(integer) }
        if let number = Double(decimal: text) { return .number(number) }
        return .string(text)
    }

    /// What an error says that was found instead.
    private var shape: String {
        switch content {
        case .scalar where isNull: "nothing"
        case .scalar(let text, _): "'\(String(text.prefix(40)).printable)'"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}

extension Double {
    /// A number in decimal digits; `inf`, `nan` and hexadecimal digits, which Swift would take, are text.
    fileprivate init?(decimal text: String) {
        guard text.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }) else { return nil }
        guard let number = Double(text), number.isFinite else { return nil }
        self = number
    }
}
