package import Core

/// Why there is no whole answer.
///
/// Neither a URL's query nor a header's value is ever part of it, since keys may stand in both.
package struct HTTPFault: ReportableError, Equatable {
    /// Which of ``HTTPLimits`` was reached.
    package enum Phase: String, Sendable, CaseIterable {
        case connect, firstByte, idle, total
    }

    /// What happened.
    package enum Reason: Sendable, Equatable {
        /// The name of the server or of the proxy is not known.
        case resolve
        /// There is no connection: refused, no route, or the proxy did not make one.
        case connect
        /// TLS was not agreed on, or the certificate does not verify.
        case tls
        case timeout(Phase)
        /// The connection ended before the answer's head.
        case reset
        /// The connection ended amid the body.
        case cutOff
        /// The answer's head or body is larger than its limit.
        case tooLarge
        /// What came is not HTTP.
        case protocolError
        case badURL
        /// A header, by its name, that may not be sent.
        case badHeader
        /// The client is bound to this machine, and the address is not on it.
        case notLoopback
        case cancelled
        /// The client was shut down.
        case shutDown
        /// libcurl cannot be loaded.
        case noLibrary
        /// libcurl reports what it should not.
        case unexpected
    }

    package let reason: Reason
    /// Scheme, host, port and path.
    package let place: String
    /// libcurl's or our own words; printable.
    package let detail: String

    init(_ reason: Reason, place: String, detail: String = "") {
        self.reason = reason
        self.place = place
        self.detail = detail.printable
    }

    package var kind: FaultKind {
        switch reason {
        case .badURL, .noLibrary: .configuration
        case .notLoopback: .policy
        case .cancelled, .shutDown: .cancelled
        case .badHeader, .unexpected: .internalFault
        default: .failed
        }
    }

    package var failureClass: FailureClass {
        switch reason {
        case .badURL, .noLibrary: .user
        case .notLoopback: .policy
        default: .infrastructure
        }
    }

    package var description: String {
        let tail = detail.isEmpty ? "" : ": \(detail)"
        return switch reason {
        case .resolve: "the server of '\(place)' is not known\(tail)"
        case .connect: "no connection to '\(place)'\(tail)"
        case .tls: "no trusted connection to '\(place)'\(tail)"
        case .timeout(let phase): "'\(place)' \(phase.sentence)\(tail)"
        case .reset: "'\(place)' ended the connection without an answer\(tail)"
        case .cutOff: "the answer of '\(place)' was cut off\(tail)"
        case .tooLarge: "the answer of '\(place)' is too large\(tail)"
        case .protocolError: "'\(place)' did not answer in HTTP\(tail)"
        case .badURL: "'\(place)' is no URL that can be used\(tail)"
        case .badHeader: "a request to '\(place)' has a header that may not be sent\(tail)"
        case .notLoopback: "'\(place)' is not on this machine, and no other may be reached\(tail)"
        case .cancelled: "the request to '\(place)' was cancelled"
        case .shutDown: "the request to '\(place)' ended with its client"
        case .noLibrary: "libcurl cannot be loaded\(tail)"
        case .unexpected: "the request to '\(place)' failed\(tail)"
        }
    }

    package var hint: String? {
        switch reason {
        case .resolve: "check the name, and the network"
        case .connect: "check that the server runs, and the settings of the proxy"
        case .tls: "check the server's name and its certificate; a private authority's has to be named as the CA file"
        case .badURL: "use an absolute http or https URL, without a user's name or blanks"
        case .noLibrary: "install the package libcurl4"
        case .notLoopback: "leave out --offline, or name a server on this machine"
        default: nil
        }
    }
}

extension HTTPFault.Phase {
    fileprivate var sentence: String {
        switch self {
        case .connect: "could not be connected to in time"
        case .firstByte: "did not begin to answer in time"
        case .idle: "stopped amid its answer"
        case .total: "did not answer in full in time"
        }
    }
}
