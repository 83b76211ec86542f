package import Core
import Synchronization

/// What has been found out about a model's ability to follow a schema.
package struct CapabilityFinding: Codable, Sendable, Hashable {
    package let model: ModelIdentity
    package let baseURL: String
    package let followsSchema: Bool
    /// What was wrong with its answers; `nil` when nothing was.
    package let reason: String?
    /// In milliseconds since 1970.
    package let checkedAt: Int64

    package init(model: ModelIdentity, baseURL: String, followsSchema: Bool, reason: String?, checkedAt: Int64) {
        self.model = model
        self.baseURL = baseURL
        self.followsSchema = followsSchema
        self.reason = reason
        self.checkedAt = checkedAt
    }
}

/// Asks a model one tiny contract before its first use, and remembers how it did.
///
/// A model that passed is never asked again; one that did not is given another chance after a day, since servers
/// and models are mended. Many calls at once make one check.
package final class CapabilityCheck: Sendable {
    /// A finding, and what was spent for it just now.
    package struct Result: Sendable, Hashable {
        package let finding: CapabilityFinding
        package let spent: Usage
    }

    private struct Key: Hashable {
        let model: ModelIdentity
        let baseURL: String
    }

    private struct State {
        var findings: [Key: CapabilityFinding] = [:]
        var turns: [Key: PermitQueue] = [:]
    }

    private let files: StateFiles?
    private let clock: any WallClock
    private let state = Mutex(State())

    /// - Parameters:
    ///   - folder: The absolute path of the folder for the findings, made when there is one; `nil` keeps them in memory.
    ///   - clock: The time of day.
    package init(folder: String?, clock: any WallClock = SystemClock()) {
        files = folder.map { StateFiles(folder: $0) }
        self.clock = clock
    }

    /// What is known of a model, found out by `ask` when nothing is.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - baseURL: Where it answers: another server may serve something else by the same name.
    ///   - ask: Asks the model.
    /// - Returns: The finding.
    /// - Throws: What `ask` throws: then nothing was found out.
    package func result(
        of model: ModelIdentity,
        at baseURL: String,
        ask: (ModelRequest) async throws -> ModelReply
    ) async throws -> Result {
        let key = Key(model: model, baseURL: baseURL)
        if let known = known(key) { return Result(finding: known, spent: .zero) }
        return try await turn(of: key).withPermit {
            if let known = known(key) ?? stored(key) { return Result(finding: known, spent: .zero) }
            let (reason, spent) = try await Self.check(ask)
            let finding = CapabilityFinding(
                model: model,
                baseURL: baseURL,
                followsSchema: reason == nil,
                reason: reason,
                checkedAt: clock.milliseconds
            )
            await keep(finding, key)
            return Result(finding: finding, spent: spent)
        }
    }

    /// What is wrong with the model's answer, if anything.
    private static func check(
        _ ask: (ModelRequest) async throws -> ModelReply
    ) async throws -> (reason: String?, spent: Usage) {
        do {
            let outcome = try await ContractClient().ask(CapabilityContract(), input: .sample) { request, _ in
                try await ask(request)
            }
            return (nil, outcome.usage)
        } catch let failure as ContractFailure {
            return (failure.problems.first?.printable ?? "no answer", failure.usage)
        }
    }

    private static let secondChance: Int64 = 86_400_000
}

/// What is remembered.
extension CapabilityCheck {
    private func turn(of key: Key) -> PermitQueue {
        state.withLock { state in
            let turn = state.turns[key] ?? PermitQueue(1)
            state.turns[key] = turn
            return turn
        }
    }

    private func known(_ key: Key) -> CapabilityFinding? {
        state.withLock { $0.findings[key] }.flatMap { isOutdated($0) ? nil : $0 }
    }

    private func isOutdated(_ finding: CapabilityFinding) -> Bool {
        let age = clock.milliseconds - finding.checkedAt
        return !finding.followsSchema && !(0..<Self.secondChance).contains(age)
    }

    /// A damaged file counts as none, and the next finding replaces it.
    private func stored(_ key: Key) -> CapabilityFinding? {
        guard let files, let value = try? files.value(Self.name(key)),
            let finding = try? value.decoded(as: CapabilityFinding.self),
            finding.model == key.model, finding.baseURL == key.baseURL, !isOutdated(finding)
        else { return nil }
        state.withLock { $0.findings[key] = finding }
        return finding
    }

    /// A finding that cannot be stored is found out once more by the next process.
    private func keep(_ finding: CapabilityFinding, _ key: Key) async {
        state.withLock { $0.findings[key] = finding }
        guard let files, let value = try? JSONValue(encoding: finding) else { return }
        let name = Self.name(key)
        try? await files.exclusively(name) { try files.write(value, to: name) }
    }

    private static func name(_ key: Key) -> String {
        StateFiles.name([key.model.provider, key.model.name, key.baseURL])
    }
}
