/// How far one transfer has come: its head so far, its sizes, its phase and the times that follow from it.
///
/// Times are milliseconds of the machine's clock that only goes forward.
package struct TransferProgress {
    private var limits: HTTPLimits
    private let hasBody: Bool
    private var end: Int64
    private var phaseEnd: Int64
    package private(set) var phase = HTTPFault.Phase.connect
    package private(set) var head: HTTPResponseHead?
    package private(set) var isHeadComplete = false
    private var headerBytes = 0
    private var bodyBytes = 0
    /// Why one of our own functions made libcurl give up.
    package var verdict: (reason: HTTPFault.Reason, detail: String)?

    package init(_ limits: HTTPLimits, hasBody: Bool, end: Int64, at now: Int64) {
        self.limits = limits
        self.hasBody = hasBody
        self.end = end
        phaseEnd = now.adding(limits.connect)
    }

    /// When to give up unless something happens before.
    package var deadline: Int64 { min(end, phaseEnd) }

    /// Which limit is reached, if one is.
    package func expired(at now: Int64) -> HTTPFault.Phase? {
        guard deadline <= now else { return nil }
        return end <= now ? .total : phase
    }

    /// The connection stands and the request goes out.
    package mutating func connected(at now: Int64) {
        phase = .firstByte
        phaseEnd = now.adding(limits.firstByte)
    }

    /// The caller does not read, which is not the server's fault.
    package mutating func paused() {
        phaseEnd = .max
    }

    /// The whole of it may take no longer than until a time.
    package mutating func shorten(to end: Int64) {
        self.end = min(self.end, end)
    }

    /// Between two pieces no more than so many milliseconds may pass, from now on.
    package mutating func limitIdle(to milliseconds: Int64, at now: Int64) {
        limits.idle = min(limits.idle, .milliseconds(milliseconds))
        // Not while the caller does not read.
        if phase == .idle, phaseEnd < .max { phaseEnd = min(phaseEnd, now.adding(limits.idle)) }
    }

    /// Something came, or may come again.
    package mutating func advanced(at now: Int64) {
        phase = .idle
        phaseEnd = now.adding(limits.idle)
    }

    /// Says whether the body may become so much longer.
    package mutating func acceptsBody(_ count: Int) -> Bool {
        bodyBytes + count <= limits.bodyBytes || refuse("its body has more than \(limits.bodyBytes) bytes")
    }

    /// Takes a piece of the body.
    package mutating func receiveBody(_ count: Int, at now: Int64) {
        advanced(at: now)
        bodyBytes += count
    }

    /// Takes a line of the head, its end included.
    ///
    /// - Returns: Whether to go on.
    package mutating func receiveLine(_ line: [UInt8], at now: Int64) -> Bool {
        advanced(at: now)
        headerBytes += line.count
        guard headerBytes <= limits.headerBytes else {
            return refuse("its head has more than \(limits.headerBytes) bytes")
        }
        let text = line[..<((line.lastIndex { $0 != 10 && $0 != 13 } ?? -1) + 1)]
        if text.starts(with: "HTTP/".utf8) {
            head = Self.statusLine(text)
            isHeadComplete = false
        } else if text.isEmpty {
            // What follows a body is a trailer, and after 1xx the real head is still to come.
            isHeadComplete = head.map { $0.status >= 200 || $0.status == 101 } ?? false
            return !isHeadComplete || acceptsLength()
        } else if !isHeadComplete {
            addField(text)
        }
        return true
    }

    /// What the head says of the body's length, or 0.
    package var expectedBody: Int {
        guard hasBody else { return 0 }
        return head?.headers["content-length"].flatMap { Int($0) } ?? 0
    }

    /// Refuses a body that is declared too large, or to have two lengths: the next answer would begin in its middle.
    private mutating func acceptsLength() -> Bool {
        let lengths = head?.headers.all("content-length") ?? []
        guard lengths.allSatisfy({ $0 == lengths[0] }) else {
            verdict = (.protocolError, "it states two lengths of its body")
            return false
        }
        return expectedBody <= limits.bodyBytes || refuse("its body has \(expectedBody) bytes")
    }

    private mutating func refuse(_ detail: String) -> Bool {
        verdict = (.tooLarge, detail)
        return false
    }

    private mutating func addField(_ text: ArraySlice<UInt8>) {
        guard let colon = text.firstIndex(of: UInt8(ascii: ":")) else { return }
        let value = text[(colon + 1)...].drop { $0 == 32 || $0 == 9 }
        let end = value.lastIndex { $0 != 32 && $0 != 9 }.map { $0 + 1 } ?? value.startIndex
        head?.headers.add(
            String(decoding: text[..<colon], as: UTF8.self),
            String(decoding: value[value.startIndex..<end], as: UTF8.self)
        )
    }

    /// `HTTP/1.1 200 OK`, in which the words at the end may be missing.
    private static func statusLine(_ text: ArraySlice<UInt8>) -> HTTPResponseHead? {
        let words = text.split(separator: 32, maxSplits: 2)
        guard words.count >= 2, let status = Int(String(decoding: words[1], as: UTF8.self)) else { return nil }
        let version = String(decoding: words[0].dropFirst(5), as: UTF8.self)
        return HTTPResponseHead(status: status, version: version, headers: [:])
    }
}

extension Int64 {
    /// A time in milliseconds after which a span has passed; a long one is for ever.
    func adding(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        let milliseconds = seconds.multipliedReportingOverflow(by: 1_000)
        // A part of a millisecond counts as a whole one: nothing may end early.
        let rest = attoseconds / 1_000_000_000_000_000 + (attoseconds % 1_000_000_000_000_000 > 0 ? 1 : 0)
        let sum = addingReportingOverflow(milliseconds.partialValue + rest)
        return milliseconds.overflow || sum.overflow ? .max : sum.partialValue
    }
}
