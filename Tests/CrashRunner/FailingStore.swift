import Core
import Foundation
import Journal
import JournalTesting
import Synchronization

/// Where the process kills itself.
enum KillPlace: Sendable {
    case never
    case after(append: Int)
    case during(append: Int, microseconds: UInt32)

    init(_ words: ArraySlice<String>) {
        let words = Array(words)
        self =
            switch words.first {
            case "after": .after(append: Int(words[1]) ?? 0)
            case "during": .during(append: Int(words[1]) ?? 0, microseconds: UInt32(words[2]) ?? 0)
            default: .never
            }
    }

    func strike(at append: Int) {
        switch self {
        case .after(append):
            kill(getpid(), SIGKILL)
        case .during(append, let microseconds):
            Thread.detachNewThread {
                usleep(microseconds)
                kill(getpid(), SIGKILL)
            }
        default: break
        }
    }
}

/// The real store, which counts its durable appends and kills the process after one of them.
final class FailingStore: ForwardingStore {
    let base: any JournalStore
    private let place: KillPlace
    private let count = Mutex(0)

    var appends: Int { count.withLock { $0 } }

    init(_ store: SQLiteJournal, place: KillPlace) {
        base = store
        self.place = place
    }

    private func appended() {
        let append = count.withLock { count in
            count += 1
            return count
        }
        place.strike(at: append)
    }

    func createRun(_ run: RunID, at: Int64, first: [EventDraft], blobs: [NamedValue]) async throws {
        try await base.createRun(run, at: at, first: first, blobs: blobs)
        appended()
    }

    @discardableResult
    func append(
        _ drafts: [EventDraft],
        blobs: [NamedValue],
        to run: RunID,
        at: Int64,
        under lease: Lease?
    ) async throws -> [Event] {
        let events = try await base.append(drafts, blobs: blobs, to: run, at: at, under: lease)
        appended()
        return events
    }
}
