/// How much may be asked of a provider; what is `nil` has no limit.
package struct ProviderLimits: Codable, Sendable, Hashable {
    package let requestsPerMinute: Int?
    /// Prompts and answers together.
    package let tokensPerMinute: Int?
    /// Calls at a time.
    package let concurrency: Int?

    /// Limits below 1 count as 1.
    package init(requestsPerMinute: Int? = nil, tokensPerMinute: Int? = nil, concurrency: Int? = nil) {
        self.requestsPerMinute = requestsPerMinute.map { max(1, $0) }
        self.tokensPerMinute = tokensPerMinute.map { max(1, $0) }
        self.concurrency = concurrency.map { max(1, $0) }
    }
}
