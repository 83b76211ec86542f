internal import CCurl
internal import Core
internal import Glibc
internal import Synchronization

/// The one thread of a client: all of libcurl runs on it, and so does everything below that is not an inbox.
///
/// libcurl's "multi socket" interface with epoll costs the same for each event, however many connections are open;
/// `curl_multi_poll` walks over all of them each time.
@safe
final class TransferLoop {
    let configuration: HTTPClientConfiguration
    let inbox: Inbox
    let curl: UnsafePointer<shim_curl>
    let multi: UnsafeMutableRawPointer
    let epoll: Int32
    let shared: SharedCounters

    var watches: [SocketWatch] = []
    var nextConnection = 0
    private var curlDeadline = Int64.max
    private var handles: [EasyHandle] = []
    private var idleHandles: [EasyHandle] = []
    private var running: [ObjectIdentifier: EasyHandle] = [:]
    private var deadlines = DeadlineQueue()
    private var queue = WaitingQueue()
    private var commands: [Inbox.Command] = []
    private var isShuttingDown = false

    init(
        _ configuration: HTTPClientConfiguration,
        inbox: Inbox,
        shared: SharedCounters,
        library: CurlLibrary
    ) throws(HTTPFault) {
        self.configuration = configuration
        self.inbox = inbox
        self.shared = shared
        unsafe curl = library.functions
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard epoll >= 0, let multi = unsafe library.functions.pointee.multi_init() else {
            throw HTTPFault(.unexpected, place: "libcurl.so.4", detail: "there are no descriptors left")
        }
        unsafe self.multi = multi
        queue.limits = (configuration.transfers, configuration.transfersPerHost)
        unsafe shim_set_multi(
            curl,
            multi,
            Unmanaged.passUnretained(self).toOpaque(),
            configuration.transfers,
            curlSocket,
            curlTimer
        )
        _ = shim_epoll(epoll, EPOLL_CTL_ADD, inbox.descriptor, EPOLLIN.rawValue | EPOLLET.rawValue)
    }

    deinit {
        handles = []
        unsafe _ = curl.pointee.multi_cleanup(multi)
        close(epoll)
    }

    /// Milliseconds of the clock that only goes forward.
    static var now: Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// Runs until it is told to shut down; then every transfer has ended.
    func run() {
        while true {
            heedCommands()
            if isShuttingDown { break }
            startWaiting()
            if curlDeadline <= Self.now {
                curlDeadline = .max
                act(CURL_SOCKET_TIMEOUT, 0)
            }
            collectEnded()
            expire()
            shared.publish(running: running.count, waiting: queue.count)
            wait()
        }
        endAll()
        shared.publish(running: 0, waiting: 0)
    }

    /// When libcurl wants to be called although no socket is ready.
    func setTimer(_ milliseconds: Int) {
        curlDeadline = milliseconds < 0 ? .max : Self.now + Int64(milliseconds)
    }

    /// Has a handle looked at when its deadline comes.
    func schedule(_ handle: EasyHandle) {
        guard handle.progress.deadline < handle.scheduled else { return }
        handle.scheduled = handle.progress.deadline
        deadlines.add(handle.number, at: handle.scheduled)
    }

    private func act(_ socket: Int32, _ what: Int32) {
        var count: Int32 = 0
        unsafe _ = curl.pointee.multi_socket_action(multi, socket, what, &count)
    }

    private func wait() {
        let next = min(curlDeadline, deadlines.earliest ?? .max, queue.earliest ?? .max)
        let hasWork = !queue.isBlocked || next <= Self.now
        guard !hasWork, inbox.fallAsleep() else { return poll(0) }
        // One millisecond more, so that the deadline has passed when the kernel wakes us.
        poll(next == .max ? -1 : Int32(clamping: next - Self.now + 1))
        inbox.wakeUp()
    }

    private func poll(_ milliseconds: Int32) {
        let count = unsafe withUnsafeTemporaryAllocation(of: shim_ready.self, capacity: 256) { ready in
            let count = Int(unsafe shim_wait(epoll, ready.baseAddress, 256, milliseconds))
            for index in 0..<max(0, count) {
                let (socket, what) = unsafe (ready[index].descriptor, ready[index].what)
                if socket != inbox.descriptor, isWatched(socket) {
                    act(socket, what)
                }
            }
            return count
        }
        if count > 0 {
            shared.countWake()
        }
    }
}

// Transfers.
extension TransferLoop {
    private func heedCommands() {
        inbox.take(&commands)
        for command in commands {
            switch command {
            case .start(let transfer):
                let end = Self.now.adding(transfer.request.limits.total)
                queue.admit(transfer) ? start(transfer, end) : queue.add(transfer, until: end)
            case .cancel(let transfer):
                abandon(transfer, .cancelled)
            case .resume(let transfer):
                guard let handle = running[ObjectIdentifier(transfer)] else { continue }
                handle.progress.advanced(at: Self.now)
                schedule(handle)
                let result = handle.resume()
                if result != CURLE_OK {
                    finish(handle, handle.fault(of: result))
                }
            case .shorten(let transfer, let rest):
                guard let handle = running[ObjectIdentifier(transfer)] else { continue }
                handle.progress.shorten(to: Self.now + rest)
                schedule(handle)
            case .limitIdle(let transfer, let time):
                guard let handle = running[ObjectIdentifier(transfer)] else { continue }
                handle.progress.limitIdle(to: time, at: Self.now)
                schedule(handle)
            case .shutDown:
                isShuttingDown = true
            }
        }
        commands.removeAll(keepingCapacity: true)
    }

    private func startWaiting() {
        while let (transfer, end) = queue.next() {
            start(transfer, end)
        }
    }

    private func start(_ transfer: Transfer, _ end: Int64) {
        guard let handle = idleHandles.popLast() ?? makeHandle() else {
            queue.ended(transfer)
            return transfer.end(transfer.fault(.unexpected, "there is no memory left"))
        }
        handle.load(transfer, end: end, at: Self.now)
        running[ObjectIdentifier(transfer)] = handle
        unsafe _ = curl.pointee.multi_add_handle(multi, handle.raw)
        schedule(handle)
    }

    private func makeHandle() -> EasyHandle? {
        guard let handle = EasyHandle(number: handles.count, loop: self) else { return nil }
        handles.append(handle)
        return handle
    }

    private func collectEnded() {
        var result = CURLE_OK
        while let context = unsafe shim_next_ended(curl, multi, &result) {
            let handle = unsafe Unmanaged<EasyHandle>.fromOpaque(context).takeUnretainedValue()
            finish(handle, handle.fault(of: result))
        }
    }

    private func expire() {
        let now = Self.now
        while let (time, number) = deadlines.next(at: now) {
            let handle = handles[number]
            guard handle.scheduled == time else { continue }
            handle.scheduled = .max
            guard let transfer = handle.transfer else { continue }
            if let phase = handle.progress.expired(at: now) {
                finish(handle, transfer.fault(.timeout(phase)))
            } else {
                schedule(handle)
            }
        }
        for transfer in queue.expired(at: now) {
            end(transfer, transfer.fault(.timeout(.total), "there was no free place"))
        }
    }

    private func abandon(_ transfer: Transfer, _ reason: HTTPFault.Reason) {
        if let handle = running[ObjectIdentifier(transfer)] {
            finish(handle, transfer.fault(reason))
        } else if queue.remove(transfer) {
            end(transfer, transfer.fault(reason))
        }
    }

    /// Tells a transfer its end; a task that has it finds the counters as they are now.
    private func end(_ transfer: Transfer, _ fault: HTTPFault?) {
        shared.publish(running: running.count, waiting: queue.count)
        transfer.end(fault)
    }

    /// Takes a handle out of libcurl and tells its transfer's end.
    private func finish(_ handle: EasyHandle, _ fault: HTTPFault?) {
        unsafe _ = curl.pointee.multi_remove_handle(multi, handle.raw)
        handle.settle(isConnected: false)
        guard let transfer = handle.transfer else { return }
        running[ObjectIdentifier(transfer)] = nil
        handle.unload()
        idleHandles.append(handle)
        queue.ended(transfer)
        end(transfer, fault)
    }

    private func endAll() {
        for handle in running.values {
            finish(handle, handle.transfer?.fault(.shutDown))
        }
        let unheeded = inbox.close()
        for command in unheeded {
            if case .start(let transfer) = command {
                queue.add(transfer, until: .max)
            }
        }
        for transfer in queue.removeAll() {
            transfer.end(transfer.fault(.shutDown))
        }
    }
}
