import Core
package import HTTPClientKit

/// A model that answers over HTTP: a format, a client, a key.
///
/// Makes one attempt for each call; waiting and trying others is the router's business. Only a part of the request
/// that the model is found not to know is left out at once and from then on, since no waiting would help. An object, since
/// every call that waits holds it.
package final class HTTPModel: ModelProvider {
    /// How often a provider may ask to be asked for the rest of an answer.
    package static let continuationLimit = 32

    package let profile: ProviderProfile
    package let model: String
    /// Of one exchange; the answer's text has a limit of its own.
    package let limits: HTTPLimits
    let client: HTTPClient
    let key: ProviderKey
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
        try await complete(request, onSent: observer.onSent) { _ in }
    }

    /// As ``complete(_:_:)``, and hands the text over as it comes.
    package func complete(
        _ request: ModelRequest,
        onSent: @escaping @Sendable () -> Void = {},
        onText: (String) async -> Void
    ) async throws -> ModelReply {
        let first = try await part(of: request, after: nil, onSent, onText)
        guard first.continuation != nil else { return try bounded(first.reply) }
        return try await rest(of: request, after: first, onSent, onText)
    }

    /// What is to be asked for in parts.
    private func rest(
        of request: ModelRequest,
        after first: WireReply,
        _ onSent: @escaping @Sendable () -> Void,
        _ onText: (String) async -> Void
    ) async throws -> ModelReply {
        var part = first
        var text = part.reply.text
        var usage = part.reply.usage
        do {
            for _ in 1..<Self.continuationLimit {
                guard let continuation = part.continuation else { break }
                part = try await self.part(of: request, after: continuation, onSent, onText)
                text += part.reply.text
                usage = usage + part.reply.usage
                _ = try bounded(ModelReply(text: text))
            }
        } catch var fault as ProviderFault {
            fault.usage = usage + (fault.usage ?? .zero)
            throw fault
        }
        let isWhole = part.continuation == nil
        return ModelReply(text: text, usage: usage, ending: isWhole ? part.reply.ending : .outputLimit)
    }

    private func bounded(_ reply: ModelReply) throws -> ModelReply {
        guard reply.text.utf8.count <= AnswerText.sizeLimit else {
            var fault = named(ProviderFault(.tooLarge, "more than \(AnswerText.sizeLimit) bytes"))
            fault.usage = reply.usage
            throw fault
        }
        return reply
    }

    /// One exchange, and others only where the model does not know a part of the request, or the key was replaced.
    ///
    /// What needs no wait is done in functions of its own: their variables are not kept while the answer is waited for.
    private func part(
        of request: ModelRequest,
        after continuation: String?,
        _ onSent: @escaping @Sendable () -> Void,
        _ onText: (String) async -> Void
    ) async throws -> WireReply {
        var descent = ModelDescent()
        while true {
            let attempt = attempt(after: continuation, descent, try await secret())
            do {
                let reply = try await client.stream(http(request, attempt), onSent: onSent) { head, body in
                    try await reader(of: head, attempt).reply(from: &body) { text in
                        attempt.count(text)
                        await onText(text)
                    }
                }
                return settled(reply, attempt)
            } catch {
                try await learn(from: error, attempt, &descent)
            }
        }
    }

    @inline(never)
    private func attempt(after continuation: String?, _ descent: ModelDescent, _ secret: String?) -> ModelAttempt {
        var call = knowledge.call(model: model, streams: profile.streams)
        call.continuation = continuation
        call.output = descent.weaker ?? call.output
        return ModelAttempt(call, secret)
    }

    @inline(never)
    private func http(_ request: ModelRequest, _ attempt: ModelAttempt) -> HTTPRequest {
        send(profile.format.request(request, attempt.call), key: attempt.secret)
    }

    @inline(never)
    private func reader(of head: HTTPResponseHead, _ attempt: ModelAttempt) -> AnswerReader {
        AnswerReader(head, format: profile.format, streams: attempt.call.streams)
    }

    @inline(never)
    private func settled(_ reply: WireReply, _ attempt: ModelAttempt) -> WireReply {
        knowledge.settle(on: attempt.call)
        return redacted(reply, attempt)
    }

    /// Notes what an error says of the key and of the model; returns when the model may be asked once more.
    private func learn(from error: any Error, _ attempt: ModelAttempt, _ descent: inout ModelDescent) async throws {
        var fault = try fault(of: error, attempt.secret)
        fault.usage = fault.usage ?? attempt.usage
        switch fault.reason {
        case .badRequest: try descend(from: fault, attempt, &descent)
        case .unauthorized where !descent.hasRenewedKey:
            // A key from a file or a program may have been replaced since it was looked up.
            await key.forget(attempt.secret)
            guard try await secret() != attempt.secret else { throw fault }
            descent.hasRenewedKey = true
        default: throw fault
        }
    }

    private func descend(from fault: ProviderFault, _ attempt: ModelAttempt, _ descent: inout ModelDescent) throws {
        let part = fault.parameter.flatMap(profile.format.part)
        if let part, part != .structuredOutput || descent.weaker == nil {
            guard knowledge.learn(part, from: attempt.call) else { throw descent.refusal ?? fault }
        } else {
            // Most providers do not say what they do not know; of a schema it is the likeliest.
            guard part != nil || fault.parameter == nil, let next = knowledge.weaker(than: attempt.call) else {
                throw descent.refusal ?? fault
            }
            (descent.weaker, descent.refusal) = (next, descent.refusal ?? fault)
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

    @inline(never)
    private func redacted(_ reply: WireReply, _ attempt: ModelAttempt) -> WireReply {
        let text = redactor(attempt.secret).redacting(reply.reply.text)
        let clean = ModelReply(text: text, usage: reply.reply.usage, ending: reply.reply.ending)
        return WireReply(clean, continuation: reply.continuation)
    }

    private func redactor(_ secret: String?) -> Redactor {
        // Its own name for its own key; the others of the book are told by theirs.
        Redactor(secrets: secret.map { [profile.name + " key": $0] } ?? [:]).sharing(key.secrets)
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
