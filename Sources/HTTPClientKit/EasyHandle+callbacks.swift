internal import CCurl

// What libcurl calls while one of its functions runs on the loop's thread. Each of these unwraps its context, which the
// loop keeps alive, and passes on.

@unsafe
private func handle(_ context: UnsafeMutableRawPointer?) -> EasyHandle? {
    unsafe context.map { unsafe Unmanaged<EasyHandle>.fromOpaque($0).takeUnretainedValue() }
}

@unsafe
func curlHeader(_ bytes: UnsafeMutablePointer<CChar>?, _: Int, _ count: Int, _ context: UnsafeMutableRawPointer?) -> Int
{
    guard let handle = unsafe handle(context), let bytes = unsafe bytes else { return 0 }
    let line = unsafe [UInt8](UnsafeRawBufferPointer(start: bytes, count: count))
    return handle.receiveLine(line) ? count : 0
}

@unsafe
func curlBody(_ bytes: UnsafeMutablePointer<CChar>?, _: Int, _ count: Int, _ context: UnsafeMutableRawPointer?) -> Int {
    guard let handle = unsafe handle(context), let bytes = unsafe bytes else { return 0 }
    return unsafe handle.receiveBody(UnsafeRawBufferPointer(start: bytes, count: count))
}

@unsafe
func curlReady(
    _ context: UnsafeMutableRawPointer?,
    _: UnsafeMutablePointer<CChar>?,
    _: UnsafeMutablePointer<CChar>?,
    _: Int32,
    _: Int32
) -> Int32 {
    guard let handle = unsafe handle(context) else { return CURL_PREREQFUNC_ABORT }
    handle.settle(isConnected: true)
    handle.progress.connected(at: TransferLoop.now)
    handle.loop.schedule(handle)
    handle.transfer?.onSent()
    return CURL_PREREQFUNC_OK
}

@unsafe
func curlOpen(
    _ context: UnsafeMutableRawPointer?,
    _: curlsocktype,
    _ address: UnsafeMutablePointer<curl_sockaddr>?
) -> curl_socket_t {
    guard let handle = unsafe handle(context), let address = unsafe address else { return CURL_SOCKET_BAD }
    if handle.loop.configuration.loopbackOnly, unsafe shim_is_loopback(address) == 0 {
        handle.progress.verdict = (.notLoopback, "its name leads to another machine")
        return CURL_SOCKET_BAD
    }
    let socket = unsafe shim_socket(address)
    if socket >= 0 {
        handle.attempts.append(handle.loop.opened(socket))
    }
    return socket
}

@unsafe
func curlClose(_ context: UnsafeMutableRawPointer?, _ socket: curl_socket_t) -> Int32 {
    guard let context = unsafe context else { return 1 }
    unsafe Unmanaged<TransferLoop>.fromOpaque(context).takeUnretainedValue().closed(socket)
    return 0
}

extension EasyHandle {
    /// The way to the server is found, or given up.
    func settle(isConnected: Bool) {
        if !attempts.isEmpty {
            loop.settle(attempts, isConnected: isConnected)
            attempts = []
        }
    }

    fileprivate func receiveLine(_ line: [UInt8]) -> Bool {
        let wasComplete = progress.isHeadComplete
        let goesOn = progress.receiveLine(line, at: TransferLoop.now)
        loop.schedule(self)
        if goesOn, progress.isHeadComplete, !wasComplete, let head = progress.head {
            transfer?.begin(head, expecting: progress.expectedBody)
        }
        return goesOn
    }

    /// Returns how much was taken, or libcurl's mark for a pause.
    @unsafe
    fileprivate func receiveBody(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard let transfer, progress.acceptsBody(bytes.count) else { return 0 }
        guard unsafe transfer.receive(bytes) else {
            progress.paused()
            return Int(CURL_WRITEFUNC_PAUSE)
        }
        progress.receiveBody(bytes.count, at: TransferLoop.now)
        return bytes.count
    }
}
