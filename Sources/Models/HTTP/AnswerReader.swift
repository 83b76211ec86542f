import Core
import HTTPClientKit

/// Makes a reply of one HTTP answer, whatever form it turns out to have.
struct AnswerReader {
    /// How much of an error's body is read, in bytes.
    private static let errorLimit = 1 << 20
    /// How much is read after the end mark before the connection is given up, in bytes.
    private static let tailLimit = 1 << 20
    /// How long it may take, in milliseconds: a server that holds the stream open holds no answer up.
    private static let tailTime: Int64 = 500
    /// How long the next piece may take once the model has said that it stops, in milliseconds: counts and the end mark
    /// may follow, some servers send none, and some say it with every piece.
    private static let endTime: Int64 = 10_000

    private let head: HTTPResponseHead
    private let format: any WireFormat
    private let streams: Bool

    init(_ head: HTTPResponseHead, format: any WireFormat, streams: Bool) {
        self.head = head
        self.format = format
        self.streams = streams
    }

    func reply(from body: inout HTTPBody, _ onText: (String) async -> Void) async throws -> WireReply {
        try await check(&body)
        let type = head.headers["content-type"]?.prefix { $0 != ";" }.lowercased() ?? ""
        guard !type.hasPrefix("text/html") else { throw ProviderFault(.malformed, "it sent a page for browsers") }
        // Some servers do not stream, whatever they are asked; Ollama's lines go by either name.
        guard streams, type != "application/json" || format is OllamaFormat else {
            return try await whole(from: &body, onText)
        }
        return try await streamed(from: &body, onText)
    }

    /// Reads what an answer that is no success says.
    ///
    /// - Throws: ``ProviderFault`` for anything but a success.
    func check(_ body: inout HTTPBody) async throws {
        guard !head.isSuccess else { return }
        let text = try await read(&body, limit: Self.errorLimit)
        throw format.fault(status: head.status, headers: head.wire, body: text)
    }

    private func whole(from body: inout HTTPBody, _ onText: (String) async -> Void) async throws -> WireReply {
        let text = try await read(&body, limit: AnswerText.sizeLimit * 2)
        guard text.count <= AnswerText.sizeLimit * 2 else {
            throw ProviderFault(.tooLarge, "more than \(AnswerText.sizeLimit * 2) bytes")
        }
        let reply = try format.reply(text)
        await onText(reply.reply.text)
        return reply
    }

    private func streamed(from body: inout HTTPBody, _ onText: (String) async -> Void) async throws -> WireReply {
        var assembler = format.makeAssembler()
        var hasStopped = false
        do {
            while !assembler.isComplete, let bytes = try await body.next() {
                let text = try assembler.append(bytes)
                if !text.isEmpty { await onText(text) }
                if assembler.hasStopped, !hasStopped { body.limitIdle(toMilliseconds: Self.endTime) }
                hasStopped = assembler.hasStopped
            }
        } catch let fault as HTTPFault where Self.mayBeWhole(fault, hasStopped) {
            return try assembler.finish()
        }
        let reply = try assembler.finish()
        await drain(&body)
        return reply
    }

    /// Whether all that counts may have come before a fault.
    private static func mayBeWhole(_ fault: HTTPFault, _ hasStopped: Bool) -> Bool {
        if case .timeout = fault.reason { return hasStopped }
        return fault.reason == .cutOff
    }

    /// Reads what follows the end mark, so that the connection can be kept; whatever goes wrong there is of no interest.
    ///
    /// What takes longer or is more than its limits is left, and the connection with it.
    private func drain(_ body: inout HTTPBody) async {
        body.shorten(toMilliseconds: Self.tailTime)
        var count = 0
        while count < Self.tailLimit, let bytes = try? await body.next() { count += bytes.count }
    }

    /// The body up to a little more than a limit.
    private func read(_ body: inout HTTPBody, limit: Int) async throws -> [UInt8] {
        var text: [UInt8] = []
        while text.count <= limit, let bytes = try await body.next() { text += bytes }
        return text
    }
}

extension HTTPResponseHead {
    var isSuccess: Bool { (200...299).contains(status) }

    /// The headers as formats read them.
    var wire: [WireHeader] { headers.fields.map { WireHeader($0.name, $0.value) } }
}
