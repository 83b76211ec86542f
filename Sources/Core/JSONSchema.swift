/// What a Swift type cannot say of one of its properties.
package struct SchemaNote: Sendable, Equatable {
    package var description: String
    /// Characters of a string.
    package var length: ClosedRange<Int>?
    /// Elements of an array.
    package var count: ClosedRange<Int>?
    /// An ECMAScript regular expression that a string has to contain a match of.
    package var pattern: String?
    package var range: ClosedRange<Int>?

    package init(
        _ description: String,
        length: ClosedRange<Int>? = nil,
        count: ClosedRange<Int>? = nil,
        pattern: String? = nil,
        range: ClosedRange<Int>? = nil
    ) {
        self.description = description
        self.length = length
        self.count = count
        self.pattern = pattern
        self.range = range
    }
}

/// A type whose schema carries descriptions and limits.
package protocol SchemaAnnotated {
    /// Notes by the names that the properties have in JSON.
    static var schemaNotes: [String: SchemaNote] { get }
}

/// A type that has no JSON Schema in the subset that Drydock uses.
package enum SchemaError: ReportableError, Equatable {
    case openObject(type: String)
    case recursive(type: String)
    case unknownNote(type: String, property: String)
    case undecodable(type: String, reason: String)

    package var kind: FaultKind { .internalFault }

    package var description: String {
        switch self {
        case .openObject(let type): "'\(type)' has members that its type does not name"
        case .recursive(let type): "'\(type)' contains itself"
        case .unknownNote(let type, let property): "'\(type)' has a note on '\(property)', which it does not read"
        case .undecodable(let type, let reason): "the schema of '\(type)' cannot be made: \(reason)"
        }
    }
}

/// JSON Schemas in the subset that the vendors' schema modes accept, made from Swift types.
///
/// The subset: `type` (one name, or one name and `null`), `properties`, `required`,
/// `additionalProperties: false`, `items`, `enum`, `description`, and the limits `minLength`, `maxLength`,
/// `minItems`, `maxItems`, `pattern`, `minimum`, `maximum`.
package enum JSONSchema {
    /// The schema of what `type` decodes from, found by letting it decode from a recorder.
    package static func of(_ type: (some Decodable).Type) throws -> JSONValue {
        try SchemaRecorder.schema(of: type, depth: 0)
    }

    /// The same schema for a vendor that wants every member required and knows no limits.
    ///
    /// Optional members already allow `null`; limits go into the descriptions, and the validator still
    /// holds the answer against the full schema.
    package static func portable(_ schema: JSONValue) -> JSONValue {
        guard case .object(var members) = schema else { return schema }
        var limits: [String] = []
        for keyword in limitKeywords {
            guard let limit = members.removeValue(forKey: keyword) else { continue }
            limits.append("\(keyword) \(limit.string ?? limit.text)")
        }
        if !limits.isEmpty {
            let text = members["description"]?.string.map { $0 + " " } ?? ""
            members["description"] = .string(text + "(" + limits.joined(separator: ", ") + ")")
        }
        if case .object(let properties)? = members["properties"] {
            members["properties"] = .object(properties.mapValues(portable))
            let required = members["required"]?.array ?? []
            let rest = properties.keys.sorted().map { JSONValue.string($0) }.filter { !required.contains($0) }
            members["required"] = .array(required + rest)
        }
        if let items = members["items"] {
            members["items"] = portable(items)
        }
        return .object(members)
    }

    private static let limitKeywords = [
        "minLength", "maxLength", "minItems", "maxItems", "pattern", "minimum", "maximum",
    ]
}

extension SchemaNote {
    /// The schema of a property with this note added.
    func applied(to schema: JSONValue) -> JSONValue {
        guard case .object(var members) = schema else { return schema }
        members["description"] = .string(description)
        if let length {
            if length.lowerBound > 0 { members["minLength"] = .integer(Int64(length.lowerBound)) }
            members["maxLength"] = .integer(Int64(length.upperBound))
        }
        if let count {
            if count.lowerBound > 0 { members["minItems"] = .integer(Int64(count.lowerBound)) }
            members["maxItems"] = .integer(Int64(count.upperBound))
        }
        if let pattern { members["pattern"] = .string(pattern) }
        if let range {
            members["minimum"] = .integer(Int64(range.lowerBound))
            members["maximum"] = .integer(Int64(range.upperBound))
        }
        return .object(members)
    }
}
