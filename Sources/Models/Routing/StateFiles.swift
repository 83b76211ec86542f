package import Core
import ProcessKit
import Synchronization

/// Small JSON files of one folder that several processes read and change.
struct StateFiles: Sendable {
    let folder: String

    /// The value of a file, or `nil` when there is none.
    ///
    /// - Throws: ``StateFileError/damaged(path:)``.
    func value(_ name: String) throws(StateFileError) -> JSONValue? {
        let path = path(name)
        guard let bytes = SmallFile.bytes(path, limit: Self.sizeLimit) else {
            guard FileSystem.exists(path) else { return nil }
            throw .damaged(path: path)
        }
        guard let value = try? JSONValue(parsing: bytes) else { throw .damaged(path: path) }
        return value
    }

    /// Puts a value in place of the old one; only within ``exclusively(_:_:)``.
    func write(_ value: JSONValue, to name: String) throws(StateFileError) {
        do {
            try SmallFile.replace(path(name), with: value.text + "\n")
        } catch {
            throw .unwritable(path: path(name), reason: error.description)
        }
    }

    /// Runs `body` while nobody else, in this process or another one, is in a section of this name.
    ///
    /// - Throws: What `body` throws, and ``StateFileError``: a process that was stopped amid a section holds no other
    ///   up for longer than a second.
    func exclusively<Result>(_ name: String, _ body: () throws -> Result) async throws -> Result {
        for _ in 0..<Self.tryLimit {
            if let lock = try tryLock(name + ".lock") {
                defer { lock.release() }
                return try body()
            }
            try await Task.sleep(for: Self.pause, clock: .continuous)
        }
        throw StateFileError.busy(path: path(name))
    }

    /// Takes a lock at once, or returns `nil` when somebody else holds it.
    func tryLock(_ name: String) throws(StateFileError) -> LockBox? {
        do {
            try FileSystem.makeFolder(folder)
        } catch {
            let above = FileSystem.nearestExistingFolder(of: folder)
            throw .unwritable(path: folder, reason: FileSystem.whyUnwritable(above) ?? "\(error)")
        }
        do {
            guard let lock = try FileLock.tryLock(path(name)) else { return nil }
            return LockBox(lock)
        } catch {
            throw .unwritable(path: path(name), reason: error.description)
        }
    }

    /// The names of all values, sorted; empty when the folder does not exist.
    func names() throws -> [String] {
        guard FileSystem.exists(folder) else { return [] }
        return try FileSystem.names(in: folder).filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }
    }

    func path(_ name: String) -> String {
        // Locks are named in full.
        folder + "/" + (name.hasSuffix(".lock") || name.hasSuffix(".probe") ? name : name + ".json")
    }

    /// A name for a file made of words that may hold anything; long ones are cut and told apart by a number.
    static func name(_ words: [String]) -> String {
        let name = words.map(escaped).joined(separator: "+")
        guard name.utf8.count > nameLimit else { return name }
        // FNV-1a: what matters is that the same words give the same name in every process.
        let hash = name.utf8.reduce(14_695_981_039_346_656_037 as UInt64) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
        return name.prefix(nameLimit) + "+" + String(hash, radix: 16)
    }

    private static func escaped(_ word: String) -> String {
        word.utf8.map { byte in
            let character = Character(UnicodeScalar(byte))
            let isPlain = byte < 0x80 && (character.isLetter || character.isNumber || "-_".contains(character))
            return isPlain ? String(character) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        .joined()
    }

    private static let nameLimit = 180
    private static let sizeLimit = 64 << 10
    private static let pause = Duration.milliseconds(2)
    private static let tryLimit = 500
}

/// A lock on a file that is given back once, by whoever is first.
final class LockBox: Sendable {
    private let lock: Mutex<FileLock?>

    init(_ lock: consuming FileLock) { self.lock = Mutex(lock) }

    func release() { lock.withLock { $0 = nil } }
}

/// A file of what is known of models that cannot be used.
package enum StateFileError: ReportableError, Equatable {
    case damaged(path: String)
    case unwritable(path: String, reason: String)
    /// Somebody else changes it for longer than a second.
    case busy(path: String)

    package var kind: FaultKind {
        switch self {
        case .damaged: .damaged
        case .unwritable: .failed
        case .busy: .busy
        }
    }

    package var description: String {
        switch self {
        case .damaged(let path): "the file '\(path.printable)' is damaged"
        case .unwritable(let path, let reason): "the file '\(path.printable)' cannot be written: \(reason)"
        case .busy(let path): "the file '\(path.printable)' is locked by another process"
        }
    }

    package var hint: String? {
        switch self {
        case .damaged: "remove it: it is made anew"
        case .unwritable: "check the folder's permissions and the space on its disk"
        case .busy: "look for a process of Drydock that has been stopped, not ended"
        }
    }
}
