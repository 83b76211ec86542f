internal import CCurl
internal import Glibc

extension EasyHandle {
    /// Why the transfer has no whole answer, or `nil` when it has one.
    func fault(of result: CURLcode) -> HTTPFault? {
        guard let transfer else { return nil }
        if let verdict = progress.verdict {
            return transfer.fault(verdict.reason, verdict.detail)
        }
        guard result != CURLE_OK else {
            // For libcurl, the end of the connection amid the head ends an answer well.
            return progress.isHeadComplete ? nil : transfer.fault(.reset, "its head is not whole")
        }
        return transfer.fault(reason(of: result), detail(of: result))
    }

    private func reason(of result: CURLcode) -> HTTPFault.Reason {
        switch result {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .resolve
        case CURLE_COULDNT_CONNECT, CURLE_PROXY, CURLE_INTERFACE_FAILED: .connect
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS:
            .tls
        case CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_PARTIAL_FILE, CURLE_HTTP2, CURLE_HTTP2_STREAM: lost
        // libcurl says the same of a connection that breaks and of chunks that make no sense.
        case CURLE_RECV_ERROR: received
        case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_CONTENT_ENCODING: .protocolError
        case CURLE_URL_MALFORMAT, CURLE_LOGIN_DENIED: .badURL
        case CURLE_OPERATION_TIMEDOUT: .timeout(progress.phase)
        default: .unexpected
        }
    }

    private var lost: HTTPFault.Reason {
        progress.head == nil ? .reset : .cutOff
    }

    private var received: HTTPFault.Reason {
        if number(CURLINFO_OS_ERRNO) != 0 { return lost }
        return progress.phase == .connect ? .connect : progress.head == nil ? .reset : .protocolError
    }

    private func detail(of result: CURLcode) -> String {
        let proxy = number(CURLINFO_HTTP_CONNECTCODE)
        if progress.phase == .connect, proxy >= 300 {
            return "the proxy answered with status \(proxy)"
        }
        let message = failureMessage
        return message.isEmpty ? name(of: result) : message
    }
}
