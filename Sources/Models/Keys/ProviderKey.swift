package import Core
import ProcessKit

/// Where a provider's key comes from, never the key itself: it can be stored and shown.
package enum KeySource: Codable, Sendable, Hashable {
    /// The provider is asked without a key.
    case none
    /// The first of these environment variables that is set.
    case environment([String])
    /// The first line of a file, by its absolute path.
    case file(String)
    /// The first line that a program prints: its name and arguments, never a line for a shell.
    case command([String])

    /// What it is called in messages.
    package var name: String {
        switch self {
        case .none: "none"
        case .environment(let names): names.joined(separator: " or ").printable
        case .file(let path): "'\(path.printable)'"
        case .command(let words): "'\(words.joined(separator: " ").printable)'"
        }
    }
}

/// A provider's key, looked up when it is first needed and kept in memory only.
package actor ProviderKey {
    /// How long a command may take.
    static let commandLimit = Duration.seconds(10)
    private static let lengthLimit = 16 << 10

    package nonisolated let source: KeySource
    /// Where each key that was found is noted, so that others keep it out of what they write.
    package nonisolated let secrets: SecretBook
    private let name: String
    private let environment: [String: String]
    /// `nil` until the key is known; holds `nil` when there is none to know.
    private var known: String??
    private var isLookingUp = false
    private var waiters: [CheckedContinuation<Void, Never>] = []

    /// - Parameters:
    ///   - source: Where the key comes from.
    ///   - environment: All variables; a command gets them.
    ///   - name: What takes the key's place where it is taken out of a text.
    ///   - secrets: Gets the key before anybody else does, and each one that replaces it.
    package init(
        _ source: KeySource,
        environment: [String: String],
        name: String = "key",
        secrets: SecretBook = SecretBook()
    ) {
        self.source = source
        self.environment = environment
        self.name = name
        self.secrets = secrets
    }

    /// The key, or `nil` when the provider needs none; a command runs once however many ask at once.
    ///
    /// - Throws: ``ProviderFault`` with ``ProviderFault/Reason/keyMissing``, which never says what was found, and
    ///   `CancellationError`.
    package func value() async throws -> String? {
        while isLookingUp {
            await withCheckedContinuation { waiters.append($0) }
            try Task.checkCancellation()
        }
        if let known { return known }
        isLookingUp = true
        defer {
            isLookingUp = false
            for waiter in waiters { waiter.resume() }
            waiters = []
        }
        let key = try await lookUp()
        if let key { secrets.add(key, named: name) }
        known = .some(key)
        return key
    }

    /// Looks the key up again when it is needed next, unless that has been done meanwhile: the provider did not accept
    /// this one.
    package func forget(_ refused: String?) {
        if known == .some(refused) { known = nil }
    }

    private func lookUp() async throws -> String? {
        switch source {
        case .none: return nil
        case .environment(let names):
            guard let value = names.lazy.compactMap({ self.environment[$0] }).first(where: { !$0.isEmpty }) else {
                throw ProviderFault(.keyMissing, "the variable \(source.name) is not set")
            }
            return try checked(value)
        case .file(let path):
            guard let text = SmallFile.text(path, limit: Self.lengthLimit) else {
                throw ProviderFault(.keyMissing, "the file \(source.name) cannot be read")
            }
            return try checked(text)
        case .command(let words): return try checked(try await output(of: words))
        }
    }

    private func output(of words: [String]) async throws -> String {
        let limits = Subprocess.Limits(time: Self.commandLimit, output: Self.lengthLimit)
        let output: Subprocess.Output
        do {
            output = try await Subprocess.run(words, environment: environment, limits: limits)
        } catch let error as CancellationError {
            throw error
        } catch {
            throw ProviderFault(.keyMissing, "\(source.name) cannot be run: \(error)")
        }
        guard !output.timedOut else {
            throw ProviderFault(.keyMissing, "\(source.name) took longer than \(Self.commandLimit)")
        }
        // What it printed stays out of the message: that may be a part of the key.
        guard output.succeeded else { throw ProviderFault(.keyMissing, "\(source.name) ended with \(output.exit)") }
        return output.text
    }

    /// The first line without the blanks around it.
    private func checked(_ text: String) throws(ProviderFault) -> String {
        let key = text.prefix { !$0.isNewline }.trimmed
        guard !key.isEmpty else { throw ProviderFault(.keyMissing, "\(source.name) is empty") }
        guard key.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw ProviderFault(.keyMissing, "\(source.name) holds characters that no key has")
        }
        return key
    }
}
