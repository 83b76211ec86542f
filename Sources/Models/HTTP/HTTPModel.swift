import Core
package import HTTPClientKit

/// A model that answers over HTTP: a format, a client, a key.
///
/// Makes one attempt for each call; waiting and trying others is the router's business. Only a part of the request
/// that the model is found not to know is left out at once and from then on, since no waiting would help.
package struct HTTPModel: ModelProvider {
    /// How often a provider may ask to be asked for the rest of an answer.
    package static let continuationLimit = 32

    package let profile: ProviderProfile
    package let model: String
    /// Of one exchange; the answer's text has a limit of its own.
    package let limits: HTTPLimits
    private let client: HTTPClient
    private let key: ProviderKey
    private let knowledge: ModelKnowledge

    /// - Parameters:
    ///   - profile: The provider.
    ///   - model: The model's name there.
    ///   - client: Shared by all models of a process.
    ///   - key: Shared by all models of a provider.
    ///   - limits: The times of one exchange; those of the provider when left out.
    package init(
        _ profile: ProviderProfile,
        model: String,
        client: HTTPClient,
        key: ProviderKey,
        limits: HTTPLimits? = nil
    ) {
        self.profile = profile
        self.model = model
        self.client = client
        self.key = key
        self.limits = limits ?? Self.limits(of: profile)
        knowledge = ModelKnowledge(output: profile.output)
    }

    /// A model may think for minutes before its first word; a stream wraps every word in a hundred bytes and more.
    package static let limits = HTTPLimits(
        firstByte: .seconds(300),
        idle: .seconds(120),
        total: .seconds(1_800),
        bodyBytes: 256 << 20
    )

    /// With a time of its own, a provider may take all of it before the first byte: one that does not stream does.
    private static func limits(of profile: ProviderProfile) -> HTTPLimits {
        guard let seconds = profile.answerSeconds else { return limits }
        let total = Duration.seconds(seconds)
        return HTTPLimits(firstByte: total, idle: min(total, limits.idle), total: total, bodyBytes: limits.bodyBytes)
    }

    package var identity: ModelIdentity { ModelIdentity(provider: profile.name, name: model) }

    /// - Throws: ``ProviderFault``, whose message never holds the key, or `CancellationError`.
    package func complete(_ request: ModelRequest, _ observer: CallObserver) async throws -> ModelReply {
        try await complete(request) { _ in }
    }

    /// As ``complete(_:_:)``, and hands the text over as it comes.
    package func complete(
        _ request: ModelRequest,
        onText: (String) async -> Void
    ) async throws -> ModelReply {
        var text = ""
        var usage = Usage.zero
        var continuation: String?
        for _ in 0..<Self.continuationLimit {
            var written = 0
            let part = try await counting(usage, &written) { written in
                try await self.part(of: request, after: continuation) { text in
                    written += text.utf8.count
                    await onText(text)
                }
            }
            text += part.reply.text
            usage = usage + part.reply.usage
            continuation = part.continuation
            guard text.utf8.count <= AnswerText.sizeLimit else {
                throw named(ProviderFault(.tooLarge, "more than \(AnswerText.sizeLimit) bytes"))
            }
            if continuation == nil { return ModelReply(text: text, usage: usage, ending: part.reply.ending) }
        }
        return ModelReply(text: text, usage: usage, ending: .outputLimit)
    }

    /// Adds to a fault what the call has used until then: its earlier parts, and what has come of this one.
    private func counting(
        _ earlier: Usage,
        _ written: inout Int,
        _ part: (inout Int) async throws -> WireReply
    ) async throws -> WireReply {
        do {
            return try await part(&written)
        } catch var fault as ProviderFault where fault.usage == nil && (written > 0 || earlier != .zero) {
            let tokens = written / Usage.bytesPerToken
            fault.usage = earlier + Usage(inputTokens: 0, outputTokens: tokens, costUSD: 0, estimatedTokens: tokens)
            throw fault
        }
    }

    /// One exchange, and others only where the model does not know a part of the request.
    private func part(
        of request: ModelRequest,
        after continuation: String?,
        _ onText: (String) async -> Void
    ) async throws -> WireReply {
        var weaker: StructuredOutput?
        var refusal: ProviderFault?
        while true {
            var call = knowledge.call(model: model, streams: profile.streams)
            call.continuation = continuation
            call.output = weaker ?? call.output
            do {
                let reply = try await exchange(request, call, onText)
                knowledge.settle(on: call)
                return reply
            } catch let fault as ProviderFault where fault.reason == .badRequest {
                let part = fault.parameter.flatMap(profile.format.part)
                if let part, part != .structuredOutput || weaker == nil {
                    guard knowledge.learn(part, from: call) else { throw refusal ?? fault }
                } else {
                    // Most providers do not say what they do not know; of a schema it is the likeliest.
                    guard part != nil || fault.parameter == nil, let next = knowledge.weaker(than: call) else {
                        throw refusal ?? fault
                    }
                    (weaker, refusal) = (next, refusal ?? fault)
                }
            }
        }
    }

    private func exchange(
        _ request: ModelRequest,
        _ call: WireCall,
        _ onText: (String) async -> Void
    ) async throws -> WireReply {
        let secret = try await secret()
        do {
            return try await exchange(request, call, secret, onText)
        } catch let fault as ProviderFault where fault.reason == .unauthorized {
            // A key from a file or a program may have been replaced since it was looked up.
            await key.forget(secret)
            let renewed = try await self.secret()
            guard renewed != secret else { throw fault }
            return try await exchange(request, call, renewed, onText)
        }
    }

    private func exchange(
        _ request: ModelRequest,
        _ call: WireCall,
        _ secret: String?,
        _ onText: (String) async -> Void
    ) async throws -> WireReply {
        do {
            let http = send(profile.format.request(request, call), key: secret)
            let format = profile.format
            let reply = try await client.stream(http) { head, body in
                var answer = AnswerReader(head, format: format, streams: call.streams)
                return try await answer.reply(from: &body, onText)
            }
            return redacted(reply, secret)
        } catch {
            throw try fault(of: error, secret)
        }
    }

    private func secret() async throws -> String? {
        // First, so that nothing is run or read for a key that nobody will be sent.
        guard profile.isLocal || !client.configuration.loopbackOnly else { throw named(ProviderFault(.offline, "")) }
        do {
            return try await key.value()
        } catch let fault as ProviderFault {
            throw named(fault)
        }
    }

    /// Sends a request that asks no model, and reads its answer.
    func asking(
        _ wire: WireRequest,
        _ handle: (HTTPResponseHead, inout HTTPBody) async throws -> Void
    ) async throws {
        let secret = try await secret()
        do {
            try await client.stream(send(wire, key: secret), handle)
        } catch {
            throw try fault(of: error, secret)
        }
    }

    /// As ``asking(_:_:)``, and reads the whole answer, which has to be a success.
    func answer<Answer>(to wire: WireRequest, _ read: (HTTPResponse) throws -> Answer) async throws -> Answer {
        let secret = try await secret()
        do {
            let answer = try await client.send(send(wire, key: secret))
            guard answer.head.isSuccess else {
                throw profile.format.fault(status: answer.status, headers: answer.head.wire, body: answer.body)
            }
            return try read(answer)
        } catch {
            throw try fault(of: error, secret)
        }
    }

    private func send(_ wire: WireRequest, key: String?) -> HTTPRequest {
        var headers: HTTPHeaders = [
            "Content-Type": "application/json", "Accept": "application/json, text/event-stream",
        ]
        for header in profile.format.headers(key: key) { headers.set(header.name, header.value) }
        let body = wire.body.map { (try? JSON.bytes(of: $0)) ?? [] } ?? []
        return HTTPRequest(wire.method.http, profile.baseURL + wire.path, headers: headers, body: body, limits: limits)
    }
}

/// Faults and secrets.
extension HTTPModel {
    func named(_ fault: ProviderFault) -> ProviderFault {
        var fault = fault
        fault.provider = profile.name
        fault.model = model.isEmpty ? nil : model
        return fault
    }

    /// The fault that an error means, without the key; what is no fault of a provider is thrown on.
    private func fault(of error: any Error, _ secret: String?) throws -> ProviderFault {
        let found: ProviderFault
        switch error {
        case let fault as ProviderFault: found = fault
        case let fault as HTTPFault: found = try ProviderFault(fault)
        default: throw error
        }
        var fault = named(found)
        fault.redact(with: redactor(secret))
        return fault
    }

    private func redacted(_ reply: WireReply, _ secret: String?) -> WireReply {
        let text = redactor(secret).redacting(reply.reply.text)
        let clean = ModelReply(text: text, usage: reply.reply.usage, ending: reply.reply.ending)
        return WireReply(clean, continuation: reply.continuation)
    }

    private func redactor(_ secret: String?) -> Redactor {
        Redactor(secrets: secret.map { [profile.name + " key": $0] } ?? [:])
    }
}

extension ProviderFault {
    /// What it means to a caller of models that there was no whole answer.
    ///
    /// - Throws: `CancellationError` when the call was ended from here, and the fault itself when it is no provider's.
    init(_ fault: HTTPFault) throws {
        let reason: Reason
        switch fault.reason {
        case .resolve, .connect, .reset, .unexpected: reason = .connection
        case .tls: reason = .tls
        case .timeout: reason = .timeout
        case .cutOff: reason = .cutOff
        case .tooLarge: reason = .tooLarge
        case .protocolError: reason = .malformed
        case .notLoopback: reason = .offline
        case .cancelled, .shutDown: throw CancellationError()
        case .badURL, .badHeader, .noLibrary: throw fault
        }
        self.init(reason, fault.description)
        // Nothing was sent.
        if fault.reason == .timeout(.connect) { usage = .zero }
    }
}

extension WireRequest.Method {
    fileprivate var http: HTTPMethod {
        switch self {
        case .get: .get
        case .post: .post
        case .delete: .delete
        }
    }
}
