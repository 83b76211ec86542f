internal import CCurl

/// One handle of libcurl, which carries one transfer after the other; it belongs to its loop's thread.
@safe
final class EasyHandle {
    let raw: UnsafeMutableRawPointer
    let number: Int
    unowned let loop: TransferLoop
    /// How much is read at a time, in bytes: each transfer holds so much while it waits for its answer.
    ///
    /// libcurl closes a connection of HTTP/2 with a smaller one when one of its streams is left.
    private static let bufferSize = (plain: 4 << 10, secure: 16 << 10)

    private let curl: UnsafePointer<shim_curl>
    private let message = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    private let memory = RequestMemory()
    private var wasSecure: Bool?

    /// What it carries now.
    private(set) var transfer: Transfer?
    var progress = TransferProgress(HTTPLimits(), hasBody: false, end: .max, at: 0)
    /// What was opened for it and does not stand yet.
    var attempts: [ConnectionAttempt] = []
    /// When the loop's queue has it for a look at its deadline.
    var scheduled = Int64.max

    init?(number: Int, loop: TransferLoop) {
        unsafe curl = loop.curl
        guard let raw = unsafe loop.curl.pointee.easy_init() else { return nil }
        unsafe self.raw = raw
        self.number = number
        self.loop = loop
        setConstants()
    }

    deinit {
        unsafe curl.pointee.easy_cleanup(raw)
        unsafe message.deallocate()
    }

    /// Makes the handle carry a transfer.
    func load(_ transfer: Transfer, end: Int64, at now: Int64) {
        self.transfer = transfer
        let (request, upload) = (transfer.request, transfer.takeUpload())
        progress = TransferProgress(request.limits, hasBody: request.method != .head, end: end, at: now)
        unsafe message.pointee = 0
        setSecurity(transfer.target.isSecure)
        unsafe _ = shim_set_string(curl, raw, CURLOPT_URL, request.url)
        let (lines, body) = unsafe memory.fill(lines: Self.lines(of: request), body: upload)
        unsafe _ = shim_set_pointer(curl, raw, CURLOPT_HTTPHEADER, lines)
        unsafe setMethod(request.method, body: body, count: upload.count)
    }

    /// Lets go of what it carried.
    func unload() {
        transfer = nil
        memory.release()
    }

    /// libcurl's words about its last failure.
    var failureMessage: String { unsafe String(cString: message) }

    func name(of result: CURLcode) -> String {
        unsafe curl.pointee.easy_strerror(result).map { unsafe String(cString: $0) } ?? "unknown"
    }

    func number(_ info: CURLINFO) -> Int {
        unsafe shim_get_long(curl, raw, info)
    }

    /// Has libcurl deliver again what the transfer did not take.
    ///
    /// - Returns: A failure for which libcurl reports no end of the transfer.
    func resume() -> CURLcode {
        unsafe curl.pointee.easy_pause(raw, 0)
    }

    private static func lines(of request: HTTPRequest) -> [String] {
        // Without this, libcurl holds a body of more than 1 MB back for a second.
        var lines = ["Expect:"]
        var hasType = false
        for field in request.headers.fields {
            // A line `name:` would remove a header of libcurl's; the semicolon sends an empty one.
            lines.append(field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)")
            hasType = hasType || HTTPHeaders.areEqual(field.name, "content-type")
        }
        if !hasType {
            lines.append("Content-Type:")
        }
        return lines
    }
}

// Options.
extension EasyHandle {
    private func set(_ option: CURLoption, _ value: Int) {
        unsafe _ = shim_set_long(curl, raw, option, value)
    }

    private func set(_ option: CURLoption, _ value: String) {
        unsafe _ = shim_set_string(curl, raw, option, value)
    }

    private func setConstants() {
        set(CURLOPT_NOSIGNAL, 1)
        // The end of a transfer whose name is being looked up does not wait for the name server.
        set(CURLOPT_QUICK_EXIT, 1)
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1)
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        set(CURLOPT_FOLLOWLOCATION, 0)
        // The times are ours; this one would otherwise be 300 s.
        set(CURLOPT_CONNECTTIMEOUT_MS, 86_400_000)
        set(CURLOPT_USERAGENT, loop.configuration.userAgent)
        set(CURLOPT_NOPROXY, loop.configuration.proxies.exceptions)
        if let authorities = loop.configuration.authorities {
            set(CURLOPT_CAINFO, authorities)
            unsafe _ = shim_set_pointer(curl, raw, CURLOPT_CAPATH, nil)
        }
        unsafe _ = shim_set_pointer(curl, raw, CURLOPT_ERRORBUFFER, message)
        unsafe shim_set_callbacks(
            curl,
            raw,
            Unmanaged.passUnretained(self).toOpaque(),
            Unmanaged.passUnretained(loop).toOpaque(),
            curlHeader,
            curlBody,
            curlReady,
            curlOpen,
            curlClose
        )
    }

    /// Sets what depends on the scheme.
    private func setSecurity(_ isSecure: Bool) {
        guard wasSecure != isSecure else { return }
        wasSecure = isSecure
        let proxies = loop.configuration.proxies
        set(CURLOPT_PROXY, loop.configuration.loopbackOnly ? "" : isSecure ? proxies.https : proxies.http)
        set(CURLOPT_BUFFERSIZE, isSecure ? Self.bufferSize.secure : Self.bufferSize.plain)
        set(CURLOPT_HTTP_VERSION, Int(isSecure ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1))
        // Rather a place on a connection that others are making than one more connection.
        set(CURLOPT_PIPEWAIT, isSecure ? 1 : 0)
    }

    @unsafe
    private func setMethod(_ method: HTTPMethod, body: UnsafeMutableRawPointer, count: Int) {
        set(CURLOPT_NOBODY, 0)
        if count > 0 || method == .post || method == .put || method == .patch {
            set(CURLOPT_POST, 1)
            unsafe _ = shim_set_size(curl, raw, CURLOPT_POSTFIELDSIZE_LARGE, count)
            unsafe _ = shim_set_pointer(curl, raw, CURLOPT_POSTFIELDS, body)
        } else {
            set(CURLOPT_HTTPGET, 1)
        }
        if method == .head {
            set(CURLOPT_NOBODY, 1)
        }
        unsafe _ = shim_set_string(curl, raw, CURLOPT_CUSTOMREQUEST, method == .head ? nil : method.rawValue)
    }
}
