/// What a request asks for.
package enum HTTPMethod: String, Sendable, Hashable {
    case get = "GET"
    case head = "HEAD"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
}

/// How long a request and its answer may take, and how large the answer may be.
package struct HTTPLimits: Sendable, Equatable {
    /// From the start until the connection stands: name, TCP, proxy and TLS.
    package var connect: Duration
    /// From then until the answer's first line; it covers the sending of the request.
    package var firstByte: Duration
    /// Between two pieces of the answer.
    ///
    /// The time in which the caller does not read does not count.
    package var idle: Duration
    /// For everything, the wait for a free place included.
    package var total: Duration
    /// The bytes of the answer's body.
    package var bodyBytes: Int
    /// The bytes of the answer's head.
    package var headerBytes: Int

    package init(
        connect: Duration = .seconds(30),
        firstByte: Duration = .seconds(120),
        idle: Duration = .seconds(60),
        total: Duration = .seconds(600),
        bodyBytes: Int = 16 << 20,
        headerBytes: Int = 64 << 10
    ) {
        self.connect = connect
        self.firstByte = firstByte
        self.idle = idle
        self.total = total
        self.bodyBytes = bodyBytes
        self.headerBytes = headerBytes
    }
}

/// One request.
package struct HTTPRequest: Sendable {
    package var method: HTTPMethod
    /// An absolute `http` or `https` URL in ASCII, without a user's name in it.
    package var url: String
    package var headers: HTTPHeaders
    package var body: [UInt8]
    package var limits: HTTPLimits

    package init(
        _ method: HTTPMethod,
        _ url: String,
        headers: HTTPHeaders = [:],
        body: [UInt8] = [],
        limits: HTTPLimits = HTTPLimits()
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.limits = limits
    }
}

/// What an answer begins with.
package struct HTTPResponseHead: Sendable, Equatable {
    package var status: Int
    /// `1.0`, `1.1` or `2`.
    package var version: String
    package var headers: HTTPHeaders

    package init(status: Int, version: String, headers: HTTPHeaders) {
        self.status = status
        self.version = version
        self.headers = headers
    }
}

/// A whole answer.
///
/// A status of 400 or more is an answer like any other, and redirects are not followed.
package struct HTTPResponse: Sendable, Equatable {
    package var head: HTTPResponseHead
    package var body: [UInt8]

    package var status: Int { head.status }
    package var headers: HTTPHeaders { head.headers }
    package var version: String { head.version }

    package init(head: HTTPResponseHead, body: [UInt8]) {
        self.head = head
        self.body = body
    }
}
