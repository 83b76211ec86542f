internal import CCrypto
internal import Synchronization

/// libcrypto's contexts for one algorithm, kept for the next computation: to make one costs as much as to hash a
/// short text.
@safe
struct ContextPool: ~Copyable, Sendable {
    static let shared = ContextPool()

    /// How many unused ones are kept; more threads than this seldom hash at the same moment.
    private static let limit = 16

    private let unused = Mutex<[Context]>([])

    /// A context that nobody uses; whoever takes it gives it back.
    @unsafe
    func take() -> OpaquePointer? {
        if let known = unused.withLock({ $0.popLast() }) { return unsafe known.pointer }
        return unsafe EVP_MD_CTX_new()
    }

    @unsafe
    func give(_ context: OpaquePointer?) {
        let returned = unsafe Context(pointer: context)
        let isKept = unused.withLock { unused in
            guard unused.count < Self.limit else { return false }
            unused.append(returned)
            return true
        }
        if !isKept {
            unsafe EVP_MD_CTX_free(context)
        }
    }

    /// Used by one computation at a time, on whatever thread that is: the pool holds only what nobody uses.
    @safe
    private struct Context: @unchecked Sendable {
        let pointer: OpaquePointer?
    }
}
