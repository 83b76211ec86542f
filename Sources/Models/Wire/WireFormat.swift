package import Core

/// One way of talking to models over HTTP: requests and answers as pure values, nothing is sent here.
package protocol WireFormat: Sendable {
    /// The headers that every request carries.
    ///
    /// The key goes into one of them and never into a URL, where logs would keep it.
    func headers(key: String?) -> [WireHeader]

    /// The HTTP request that asks a model.
    func request(_ request: ModelRequest, _ call: WireCall) -> WireRequest

    /// Reads the whole body of an answer that was not streamed.
    func reply(_ body: [UInt8]) throws(ProviderFault) -> WireReply

    /// A reader for a streamed answer; `limit` is the longest text, and the longest piece of the stream, in bytes.
    func makeAssembler(limit: Int) -> any StreamAssembler

    /// What an answer with a status that is no success means.
    func fault(status: Int, headers: [WireHeader], body: [UInt8]) -> ProviderFault

    /// The part of a request that a fault's parameter names, if leaving it out may help.
    func part(named parameter: String) -> WirePart?

    /// The request for a page of the list of models; the first one, or what the page before names as the next.
    func listing(page: String?) -> WireRequest

    func models(_ body: [UInt8]) throws(ProviderFault) -> ModelPage
}

extension WireFormat {
    /// A reader for a streamed answer as long as an answer may be.
    package func makeAssembler() -> any StreamAssembler { makeAssembler(limit: AnswerText.sizeLimit) }
}

/// One header of an HTTP message.
package struct WireHeader: Sendable, Hashable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

extension [WireHeader] {
    /// The first value of a header; case does not matter.
    package func value(of name: String) -> String? {
        first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

/// A request as a format writes it; holds no key.
package struct WireRequest: Sendable, Hashable {
    package enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case delete = "DELETE"
    }

    package let method: Method
    /// With the query, relative to the provider's base URL; begins with `/`.
    package let path: String
    package let body: JSONValue?

    package init(_ method: Method, _ path: String, body: JSONValue? = nil) {
        self.method = method
        self.path = path
        self.body = body
    }
}

/// How a provider is made to answer in the form of the schema.
package enum StructuredOutput: String, CaseIterable, Codable, Sendable {
    /// The provider holds the model to the schema.
    case schema
    /// The model has to call a tool whose parameters are the schema.
    case tool
    /// The provider holds the model to JSON; the schema is in the prompt only.
    case json
    /// The prompt alone asks for it.
    case prompt

    /// What to try when a provider does not accept this one.
    package var weaker: StructuredOutput? {
        switch self {
        case .schema: .tool
        case .tool, .json: .prompt
        case .prompt: nil
        }
    }
}

/// A part of a request that some models do not accept.
package enum WirePart: String, CaseIterable, Codable, Sendable {
    case temperature
    case seed
    case outputLimit
    case streamUsage
    case cacheKey
    /// Not left out but replaced by a weaker one.
    case structuredOutput
}

/// What one call asks of a format besides the question itself.
package struct WireCall: Sendable, Hashable {
    package var model: String
    package var output: StructuredOutput
    package var streams: Bool
    /// Parts that the model is known not to accept.
    package var omitted: Set<WirePart>
    /// Makes the provider go on with an answer that it has only begun.
    package var continuation: String?

    package init(
        model: String,
        output: StructuredOutput = .schema,
        streams: Bool = true,
        omitted: Set<WirePart> = [],
        continuation: String? = nil
    ) {
        self.model = model
        self.output = output
        self.streams = streams
        self.omitted = omitted
        self.continuation = continuation
    }
}

/// A reply as it came, or the first part of one.
package struct WireReply: Sendable, Hashable {
    package let reply: ModelReply
    /// What to send to get the rest; `nil` when the reply is whole.
    package let continuation: String?

    package init(_ reply: ModelReply, continuation: String? = nil) {
        self.reply = reply
        self.continuation = continuation
    }
}

/// A reader of a streamed answer, which may come in any cut.
package protocol StreamAssembler: Sendable {
    /// Takes the next bytes and returns the text that they complete, often none.
    ///
    /// - Throws: ``ProviderFault`` when the provider reports an error amid the stream or the bytes are not its format.
    mutating func append(_ bytes: [UInt8]) throws(ProviderFault) -> String

    /// The reply, after the last byte.
    ///
    /// - Throws: ``ProviderFault`` with ``ProviderFault/Reason/cutOff`` when the end mark never came.
    mutating func finish() throws(ProviderFault) -> WireReply

    /// Whether the end mark has come: what follows it is of no interest.
    var isComplete: Bool { get }

    /// Whether the model has stopped: only counts and the end mark may follow.
    var hasStopped: Bool { get }
}

/// A model that a provider offers; what it does not say is `nil`.
package struct ListedModel: Codable, Sendable, Hashable {
    package var name: String
    package var title: String?
    /// The longest prompt in tokens.
    package var contextTokens: Int?
    /// The longest answer in tokens.
    package var outputTokens: Int?
    package var acceptsSchema: Bool?
    package var acceptsTools: Bool?
    /// Size on disk, of a local model.
    package var bytes: Int64?
    /// As the provider writes it, such as `7.6B`.
    package var parameterSize: String?

    package init(name: String) { self.name = name }
}

/// One page of a provider's list of models.
package struct ModelPage: Sendable, Hashable {
    package let models: [ListedModel]
    /// For ``WireFormat/listing(page:)``; `nil` after the last page.
    package let next: String?

    package init(_ models: [ListedModel], next: String? = nil) {
        self.models = models
        self.next = next
    }
}
