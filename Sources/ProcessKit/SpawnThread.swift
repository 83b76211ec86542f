internal import CLinux
internal import Dispatch
internal import Glibc
internal import Synchronization

/// The thread that starts every child, and that lives as long as the process.
///
/// A child that asks the kernel to be killed with its parent is killed when the *thread* that started it ends;
/// a pool's thread ends when it has been idle for a while.
package final class SpawnThread: Sendable {
    package static let shared = SpawnThread()

    /// One wish of a waiting thread, and what came of it.
    private final class Job: Sendable {
        let request: SpawnRequest
        let descriptors: [Int32]
        let done = DispatchSemaphore(value: 0)
        let result = Mutex<Result<Started, ProcessError>?>(nil)

        init(_ request: SpawnRequest, _ descriptors: [Int32]) {
            self.request = request
            self.descriptors = descriptors
        }
    }

    /// A child that was started.
    struct Started: Sendable {
        let process: Int32
        /// Whether it was born in the group of its request.
        let isInGroup: Bool
    }

    private let jobs = Mutex<[Job]>([])
    private let available = DispatchSemaphore(value: 0)

    private init() {
        let code = OwnThread.start { [self] in
            Self.prepareProcess()
            while true {
                available.wait()
                guard let job = jobs.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else { continue }
                let result = Result { () throws(ProcessError) in try Self.start(job) }
                job.result.withLock { $0 = result }
                job.done.signal()
            }
        }
        precondition(code == 0, "no thread can be made (errno \(code))")
    }

    private static func start(_ job: Job) throws(ProcessError) -> Started {
        let isInGroup = job.request.group?.enter() ?? false
        defer {
            if isInGroup { job.request.group?.leave() }
        }
        return Started(process: try Spawning.start(job.request, job.descriptors), isInGroup: isInGroup)
    }

    /// Descriptors that someone opened without care stay ours, and the ends of children are seen.
    private static func prepareProcess() {
        _ = shim_close_on_exec(3)
        if shim_child_signal_ignored() != 0 {
            signal(SIGCHLD, SIG_DFL)
        }
    }

    /// Starts a child and waits until its program runs; for threads that may block.
    ///
    /// The `descriptors` become the child's from 0 on; it gets no others.
    func spawn(_ request: SpawnRequest, descriptors: [Int32]) throws(ProcessError) -> Started {
        let job = Job(request, descriptors)
        jobs.withLock { $0.append(job) }
        available.signal()
        job.done.wait()
        guard let result = job.result.withLock({ $0 }) else { throw .refused("start a program", code: EAGAIN) }
        return try result.get()
    }
}

/// Threads of our own, for work that blocks; they take no signals.
enum OwnThread {
    private final class Body {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }

    private static let stackSize = 1 << 20

    /// Starts a detached thread; returns 0 or an error number.
    static func start(_ run: @escaping @Sendable () -> Void) -> Int32 {
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        defer { unsafe pthread_attr_destroy(&attributes) }
        unsafe pthread_attr_setstacksize(&attributes, stackSize)
        unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        let body = unsafe Unmanaged.passRetained(Body(run))
        var thread = pthread_t()
        let code = unsafe pthread_create(&thread, &attributes, threadMain, body.toOpaque())
        if code != 0 {
            unsafe body.release()
        }
        return code
    }

    private static let threadMain: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { argument in
        var all = sigset_t()
        unsafe sigfillset(&all)
        unsafe pthread_sigmask(SIG_BLOCK, &all, nil)
        guard let argument = unsafe argument else { return nil }
        unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
        return nil
    }
}
