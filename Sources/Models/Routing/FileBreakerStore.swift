import Core
import ProcessKit

/// Breakers as small files of one folder, shared by all processes that use it.
///
/// A record is a file of JSON that is put in place as a whole. Beside it lies one that is locked while the record is
/// changed, and one that is locked while a model is tried: the kernel gives both back when a process dies.
package struct FileBreakerStore: BreakerStore {
    /// The absolute path of the folder, which is made when something is first written.
    package let folder: String
    private let files: StateFiles

    package init(folder: String) {
        self.folder = folder
        files = StateFiles(folder: folder)
    }

    package func record(of model: ModelIdentity) async throws -> BreakerRecord {
        try read(model) ?? BreakerRecord(model)
    }

    @discardableResult
    package func update(
        _ model: ModelIdentity,
        _ change: @Sendable (inout BreakerRecord) -> Void
    ) async throws -> BreakerRecord {
        let name = Self.name(of: model)
        return try await files.exclusively(name) {
            let old = (try? read(model)) ?? BreakerRecord(model)
            var new = old
            change(&new)
            // A damaged record is replaced even by a fresh one.
            try files.write(try JSONValue(encoding: new), to: name)
            return new
        }
    }

    package func probe(_ model: ModelIdentity) async throws -> (any ProbePermit)? {
        try files.tryLock(Self.name(of: model) + ".probe").map { FilePermit($0) }
    }

    package func records() async throws -> [BreakerRecord] {
        try files.names().compactMap { name in
            // A damaged one is said where it is used.
            guard let value = try? files.value(name) else { return nil }
            return try? value.decoded(as: BreakerRecord.self)
        }
    }

    /// - Throws: ``StateFileError/damaged(path:)`` when there is something else than a record of this model.
    private func read(_ model: ModelIdentity) throws -> BreakerRecord? {
        let name = Self.name(of: model)
        guard let value = try files.value(name) else { return nil }
        guard let record = try? value.decoded(as: BreakerRecord.self), record.model == model else {
            throw StateFileError.damaged(path: files.path(name))
        }
        return record
    }

    private static func name(of model: ModelIdentity) -> String {
        StateFiles.name([model.provider, model.name])
    }
}

/// A lock that somebody else may give back.
private final class FilePermit: ProbePermit {
    private let lock: LockBox

    init(_ lock: LockBox) { self.lock = lock }

    func release() { lock.release() }
}
