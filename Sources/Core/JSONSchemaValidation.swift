/// One way in which a value does not fit its schema.
package struct SchemaProblem: Codable, Equatable, Sendable, CustomStringConvertible {
    /// Where, such as `files[2].path`; empty for the value itself.
    package let place: String
    /// What is wrong there, to be read after the place.
    package let message: String

    package init(place: String, message: String) {
        self.place = place
        self.message = message
    }

    package var description: String {
        place.isEmpty ? "the answer \(message)" : "'\(place)' \(message)"
    }
}

/// What came of holding a value against a schema.
package struct SchemaFindings: Equatable, Sendable {
    /// Everything that is wrong, in the order of the value; at most ``JSONSchema/problemLimit``.
    package fileprivate(set) var problems: [SchemaProblem] = []
    /// The places of members that the schema does not know, at most ``JSONSchema/problemLimit``.
    package fileprivate(set) var unknown: [String] = []
    /// The value without those members, and without members that are `null` and may be absent.
    package fileprivate(set) var cleaned = JSONValue.null
}

extension JSONSchema {
    /// How many problems are told; a hostile answer could hold millions.
    package static let problemLimit = 50

    /// Holds a value against a schema of the subset; finds every problem, not just the first.
    package static func findings(of value: JSONValue, against schema: JSONValue) -> SchemaFindings {
        var validation = Validation()
        validation.findings.cleaned = validation.check(value, against: schema, at: "") ?? .null
        return validation.findings
    }
}

private struct Validation {
    var findings = SchemaFindings()

    /// Notes what is wrong with `value` and returns it cleaned; `nil` when it stands for an absent member.
    mutating func check(_ value: JSONValue, against schema: JSONValue, at place: String) -> JSONValue? {
        let types = schema["type"].map { $0.array?.compactMap(\.string) ?? [$0.string ?? ""] } ?? []
        if value == .null, types.contains("null") { return nil }
        guard types.contains(where: { value.has(type: $0) }) else {
            let wanted = types.filter { $0 != "null" }.joined(separator: " or ")
            report(place, "is \(value.typeName), but \(wanted) is expected")
            return value
        }
        if let choices = schema["enum"]?.array, !choices.contains(value) {
            let names = choices.compactMap { $0.string }.map { "'\($0)'" }.joined(separator: ", ")
            report(place, "is '\(value.excerpt)', but one of \(names) is expected")
        }
        switch value {
        case .string(let text): checkText(text, schema, place)
        case .integer(let number): checkNumber(number, schema, place)
        case .array(let elements): return checkElements(elements, schema, place)
        case .object(let members): return checkMembers(members, schema, place)
        case .null, .bool, .number: break
        }
        return value
    }

    private mutating func checkText(_ text: String, _ schema: JSONValue, _ place: String) {
        let length = text.unicodeScalars.count
        if let least = schema["minLength"]?.integer, length < least {
            report(place, length == 0 ? "is empty" : "has \(length) characters, fewer than \(least)")
        }
        if let most = schema["maxLength"]?.integer, length > most {
            report(place, "has \(length) characters, more than \(most)")
            return
        }
        if let pattern = schema["pattern"]?.string, let regex = try? Regex(pattern), !text.contains(regex) {
            report(place, "is '\(value(text))', which does not match \(pattern)")
        }
    }

    private mutating func checkNumber(_ number: Int64, _ schema: JSONValue, _ place: String) {
        if let least = schema["minimum"]?.integer, number < least {
            report(place, "is \(number), less than \(least)")
        }
        if let most = schema["maximum"]?.integer, number > most {
            report(place, "is \(number), more than \(most)")
        }
    }

    private mutating func checkElements(
        _ elements: [JSONValue],
        _ schema: JSONValue,
        _ place: String
    ) -> JSONValue {
        if let least = schema["minItems"]?.integer, elements.count < least {
            report(place, elements.isEmpty ? "is empty" : "has \(elements.count) elements, fewer than \(least)")
        }
        if let most = schema["maxItems"]?.integer, elements.count > most {
            report(place, "has \(elements.count) elements, more than \(most)")
        }
        guard let items = schema["items"] else { return .array(elements) }
        var cleaned: [JSONValue] = []
        for (index, element) in elements.enumerated() {
            cleaned.append(check(element, against: items, at: "\(place)[\(index)]") ?? .null)
        }
        return .array(cleaned)
    }

    private mutating func checkMembers(
        _ members: [String: JSONValue],
        _ schema: JSONValue,
        _ place: String
    ) -> JSONValue {
        let properties = schema["properties"]?.object ?? [:]
        for name in schema["required"]?.array?.compactMap(\.string) ?? [] where members[name] == nil {
            report(Self.place(of: name, in: place), "is missing")
        }
        var cleaned: [String: JSONValue] = [:]
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            let inner = Self.place(of: name, in: place)
            if let property = properties[name] {
                cleaned[name] = check(value, against: property, at: inner)
            } else if findings.unknown.count < JSONSchema.problemLimit {
                findings.unknown.append(inner)
            }
        }
        return .object(cleaned)
    }

    private mutating func report(_ place: String, _ message: String) {
        guard findings.problems.count < JSONSchema.problemLimit else { return }
        findings.problems.append(SchemaProblem(place: place, message: message))
    }

    private func value(_ text: String) -> String { JSONValue.string(text).excerpt }

    /// The place of a member; a name is data, so it is shown cut and without control characters.
    private static func place(of name: String, in parent: String) -> String {
        let shown = name.count > 60 ? name.prefix(60).printable + "…" : name.printable
        return parent.isEmpty ? shown : parent + "." + shown
    }
}

extension JSONValue {
    fileprivate func has(type: String) -> Bool {
        switch (self, type) {
        case (.null, "null"), (.bool, "boolean"), (.integer, "integer"), (.integer, "number"), (.number, "number"),
            (.string, "string"), (.array, "array"), (.object, "object"):
            true
        default: false
        }
    }

    fileprivate var typeName: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .integer: "integer"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }

    /// The value, short enough for a message.
    fileprivate var excerpt: String {
        let text = string ?? text
        return text.count > 60 ? text.prefix(60).printable + "…" : text.printable
    }
}
