package import Core
import Synchronization

/// The schema of an answer in the form that a vendor's own mode takes; the one place where schemas are converted.
///
/// What comes in is a schema that ``JSONSchema`` made: `type`, `properties`, `required`, `items`, `enum`, `description`
/// and limits. All vendors get it with every member required, optional ones as `null`, and the limits in the
/// descriptions; the validator holds the answer against the full schema anyway.
package enum WireSchema {
    package enum Dialect: CaseIterable, Sendable {
        /// Strict mode of chat completions: every member required, no others.
        case openAI
        /// One type each: what may be `null` is a choice.
        case anthropic
        /// `responseJsonSchema`: the values of `enum` are strings and numbers.
        case gemini
        /// A grammar of llama.cpp.
        case ollama
    }

    /// The schema for a vendor, or `nil` when its mode cannot express it.
    package static func converted(_ schema: JSONValue, for dialect: Dialect) -> JSONValue? {
        if let known = known.withLock({ $0.first { $0.dialect == dialect && $0.schema == schema } }) {
            return known.converted
        }
        let converted = made(schema, for: dialect)
        known.withLock { known in
            // More than there are contracts, for each dialect.
            if known.count >= 64 { known = [] }
            known.append(Known(dialect: dialect, schema: schema, converted: converted))
        }
        return converted
    }

    /// What was converted before: every call of a contract has the same schema.
    private struct Known {
        let dialect: Dialect
        let schema: JSONValue
        let converted: JSONValue?
    }

    private static let known = Mutex<[Known]>([])

    private static func made(_ schema: JSONValue, for dialect: Dialect) -> JSONValue? {
        guard schema["type"] == "object" else { return nil }
        var size = Size()
        guard size.measure(schema, depth: 1), size.fits(dialect) else { return nil }
        let portable = JSONSchema.portable(schema)
        return switch dialect {
        case .openAI, .ollama: portable
        case .anthropic: splittingNull(portable, everywhere: true)
        case .gemini: splittingNull(portable, everywhere: false)
        }
    }

    /// The schema as a tool's parameters, where no mode holds the model to it; `nil` when it is no object's.
    package static func parameters(_ schema: JSONValue) -> JSONValue? {
        guard schema["type"] == "object" else { return nil }
        return JSONSchema.portable(schema)
    }

    /// Turns what may be `null` into a choice between a schema and `null`: everywhere, or only where `enum` names it.
    private static func splittingNull(_ schema: JSONValue, everywhere: Bool) -> JSONValue {
        guard case .object(var members) = schema else { return schema }
        if let properties = members["properties"]?.object {
            members["properties"] = .object(properties.mapValues { splittingNull($0, everywhere: everywhere) })
        }
        if let items = members["items"] { members["items"] = splittingNull(items, everywhere: everywhere) }
        let choices = members["enum"]?.array
        guard let types = members["type"]?.array, types.contains("null"),
            everywhere || choices?.contains(.null) == true
        else { return .object(members) }
        let description = members.removeValue(forKey: "description")
        members["type"] = types.first { $0 != "null" } ?? "string"
        members["enum"] = choices.map { .array($0.filter { $0 != .null }) }
        return .members(["anyOf": [.object(members), ["type": "null"]], "description": description])
    }

    /// How much there is of what vendors limit.
    private struct Size {
        private var properties = 0
        private var choices = 0
        private var unions = 0
        private var depth = 0
        private static let known: Set<String> = [
            "type", "properties", "required", "additionalProperties", "items", "enum", "description", "minLength",
            "maxLength", "minItems", "maxItems", "pattern", "minimum", "maximum",
        ]

        /// Counts; false when a part of the schema is outside of the subset.
        mutating func measure(_ schema: JSONValue, depth: Int) -> Bool {
            guard case .object(let members) = schema, Self.known.isSuperset(of: members.keys) else { return false }
            self.depth = max(self.depth, depth)
            if members["type"]?.array != nil { unions += 1 }
            choices += members["enum"]?.array?.count ?? 0
            if let inner = members["properties"]?.object {
                // A member whose name is data cannot be named beforehand.
                guard members["additionalProperties"] == false else { return false }
                properties += inner.count
                for property in inner.values where !measure(property, depth: depth + 1) { return false }
            } else if members["type"] == "object" {
                return false
            }
            if let items = members["items"] { return measure(items, depth: depth + 1) }
            return true
        }

        /// The limits that the vendors state.
        func fits(_ dialect: Dialect) -> Bool {
            switch dialect {
            case .openAI: properties <= 5_000 && choices <= 1_000 && depth <= 10
            case .anthropic: unions <= 16
            case .gemini: depth <= 32
            case .ollama: true
            }
        }
    }
}
