internal import Dispatch
internal import Synchronization

/// Pieces of work that several cores do at once and whose results come back in the order of the pieces.
struct OrderedWork<Output: Sendable>: ~Copyable {
    /// How many pieces are under way at most, so that memory stays bounded.
    let width: Int
    private let queue = DispatchQueue(label: "archive", attributes: .concurrent)
    private var pieces: [Piece<Output>] = []

    init(width: Int) {
        self.width = width
    }

    var count: Int { pieces.count }
    var isFull: Bool { pieces.count >= width }
    var isEmpty: Bool { pieces.isEmpty }

    mutating func submit(_ work: @escaping @Sendable () throws(ArchiveError) -> Output) {
        let piece = Piece<Output>()
        pieces.append(piece)
        queue.async {
            do throws(ArchiveError) {
                piece.finish(.success(try work()))
            } catch {
                piece.finish(.failure(error))
            }
        }
    }

    /// Waits for the oldest piece and takes its result.
    mutating func takeFirst() throws(ArchiveError) -> Output? {
        guard !pieces.isEmpty else { return nil }
        return try pieces.removeFirst().wait()
    }

    /// Whether the oldest piece is done, so that taking it does not wait.
    var isFirstDone: Bool { pieces.first?.isDone ?? false }
}

private final class Piece<Output: Sendable>: Sendable {
    private let done = DispatchSemaphore(value: 0)
    private let result = Mutex<Result<Output, ArchiveError>?>(nil)

    func finish(_ outcome: Result<Output, ArchiveError>) {
        result.withLock { $0 = outcome }
        done.signal()
    }

    var isDone: Bool { result.withLock { $0 != nil } }

    func wait() throws(ArchiveError) -> Output {
        done.wait()
        guard let outcome = result.withLock({ $0 }) else { preconditionFailure("a piece of work ended without result") }
        return try outcome.get()
    }
}
