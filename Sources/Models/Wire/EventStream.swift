/// One server-sent event.
struct ServerEvent: Sendable, Equatable {
    /// What the `event` field says; `nil` without one.
    var name: String?
    /// The values of all `data` fields, one a line.
    var data: [UInt8]
}

/// Reads server-sent events by the rules of the HTML standard, from bytes in any cut.
///
/// Comments, unknown fields and events without data are skipped; the last of several `event` fields counts.
struct EventStream: Sendable {
    private var framing: LineFraming
    private let limit: Int
    private var isFirst = true
    private var name: String?
    private var data: [UInt8]?

    /// - Parameter limit: The longest line, and the most data of one event, in bytes.
    init(limit: Int) {
        framing = LineFraming(limit: limit)
        self.limit = limit
    }

    /// The events that `bytes` complete.
    mutating func events(_ bytes: [UInt8]) throws(ProviderFault) -> [ServerEvent] {
        var events: [ServerEvent] = []
        for line in try framing.lines(bytes) {
            if let event = try take(line) { events.append(event) }
        }
        return events
    }

    /// The event at the end that no empty line completed: some servers leave that line out.
    mutating func last() throws(ProviderFault) -> ServerEvent? {
        if let line = framing.last() { _ = try take(line) }
        return dispatch()
    }

    private mutating func take(_ line: [UInt8]) throws(ProviderFault) -> ServerEvent? {
        var line = line[...]
        if isFirst {
            isFirst = false
            if line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
        }
        guard !line.isEmpty else { return dispatch() }
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
        var value = line[colon...].dropFirst()
        if value.first == 0x20 { value = value.dropFirst() }
        switch String(decoding: line[..<colon], as: UTF8.self) {
        case "data": try add(value)
        case "event": name = String(decoding: value, as: UTF8.self)
        default: break
        }
        return nil
    }

    private mutating func add(_ value: ArraySlice<UInt8>) throws(ProviderFault) {
        guard (data?.count ?? 0) + value.count < limit else {
            throw ProviderFault(.tooLarge, "an event of more than \(limit) bytes")
        }
        if data == nil {
            data = Array(value)
        } else {
            data?.append(0x0A)
            data?.append(contentsOf: value)
        }
    }

    private mutating func dispatch() -> ServerEvent? {
        defer { (name, data) = (nil, nil) }
        guard let data, !data.isEmpty else { return nil }
        return ServerEvent(name: name, data: data)
    }
}
