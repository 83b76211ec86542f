/// The place of a step in its run's pipeline, such as `crew/backend/round-1/api`.
package struct StepPath: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let description: String

    /// A path from its written form, as the journal stores it.
    package init(_ description: String) {
        self.description = description
    }

    /// The path of a part of this step; slashes and control characters in `name` become `-`.
    package func appending(_ name: String) -> StepPath {
        let part = String(name.map { $0 == "/" || ($0.isASCII && $0 < " ") ? "-" : $0 })
        return StepPath(description.isEmpty ? part : description + "/" + part)
    }

    package static func < (left: StepPath, right: StepPath) -> Bool {
        left.description < right.description
    }
}

extension StepPath: Codable {
    package init(from decoder: any Decoder) throws {
        description = try decoder.singleValueContainer().decode(String.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
