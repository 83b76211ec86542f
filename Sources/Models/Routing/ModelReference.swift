package import Core

/// A model as a person names it: `provider/model`, `provider` alone, or `model` alone.
package struct ModelReference: Codable, Sendable, Hashable, CustomStringConvertible {
    /// The longest text that is read, in characters.
    package static let lengthLimit = 200

    /// `nil` leaves the provider to whoever offers the model.
    package let provider: String?
    /// `nil` leaves the model to the provider's default.
    package let model: String?

    /// Reads a reference.
    ///
    /// Names of models may hold a `/`, so what stands before the first one is a provider only when it is known.
    ///
    /// - Parameters:
    ///   - text: What a person wrote; blanks around it do not count.
    ///   - providers: The names of the providers that are known or configured.
    /// - Throws: ``ModelReferenceError``.
    package init(_ text: String, providers: Set<String>) throws(ModelReferenceError) {
        let name = text.trimmed
        guard !name.isEmpty else { throw .empty }
        guard name.count <= Self.lengthLimit else { throw .tooLong(name.count) }
        guard !name.unicodeScalars.contains(where: { $0.value <= 0x20 || (0x7F..<0xA0).contains($0.value) }) else {
            throw .blank(name)
        }
        let first = String(name.prefix { $0 != "/" })
        guard providers.contains(first) else {
            self.init(provider: nil, model: name)
            return
        }
        let rest = String(name.dropFirst(first.count + 1))
        guard first.count == name.count || !rest.isEmpty else { throw .modelMissing(first) }
        self.init(provider: first, model: rest.isEmpty ? nil : rest)
    }

    package init(provider: String?, model: String?) {
        self.provider = provider
        self.model = model
    }

    package var description: String { [provider, model].compactMap { $0 }.joined(separator: "/") }
}

/// A text that names no model.
package enum ModelReferenceError: ReportableError, Equatable {
    case empty
    /// How many characters it has.
    case tooLong(Int)
    case blank(String)
    /// Ends with the `/` after a provider.
    case modelMissing(String)

    package var kind: FaultKind { .usage }

    package var description: String {
        switch self {
        case .empty: "the name of a model is empty"
        case .tooLong(let count):
            "the name of a model has \(count) characters; at most \(ModelReference.lengthLimit) are taken"
        case .blank(let name): "the name of a model holds blanks or control characters: '\(name.printable)'"
        case .modelMissing(let provider): "'\(provider.printable)/' names no model"
        }
    }

    package var hint: String? { "write 'provider/model', 'provider' or 'model'" }
}
