/// What calls have used so far; values add up.
package struct Usage: Codable, Sendable, Hashable {
    /// Tokens of the prompt, those from or for a cache included.
    package var inputTokens: Int
    /// Tokens that the model wrote, thinking included.
    package var outputTokens: Int
    package var costUSD: Double
    /// Those of ``inputTokens`` that the provider found in its cache.
    package var cachedInputTokens: Int
    /// Those of ``inputTokens`` that the provider put into its cache, where it says so.
    package var cacheWriteTokens: Int
    /// Those of ``outputTokens`` that were thinking, where the provider says so.
    package var reasoningTokens: Int
    /// Those of ``inputTokens`` and ``outputTokens`` that nobody counted: taken from the length of the texts.
    package var estimatedTokens: Int

    /// Of most texts, at least: for what nobody has counted.
    package static let bytesPerToken = 4

    package static let zero = Usage(inputTokens: 0, outputTokens: 0, costUSD: 0)

    package init(
        inputTokens: Int,
        outputTokens: Int,
        costUSD: Double,
        cachedInputTokens: Int = 0,
        cacheWriteTokens: Int = 0,
        reasoningTokens: Int = 0,
        estimatedTokens: Int = 0
    ) {
        self.inputTokens = Self.sound(inputTokens)
        self.outputTokens = Self.sound(outputTokens)
        self.costUSD = costUSD.isFinite ? min(max(0, costUSD), Self.costLimit) : 0
        self.cachedInputTokens = Self.sound(cachedInputTokens)
        self.cacheWriteTokens = Self.sound(cacheWriteTokens)
        self.reasoningTokens = Self.sound(reasoningTokens)
        self.estimatedTokens = Self.sound(estimatedTokens)
    }

    /// Counts come from servers and programs that may say anything; beyond these no sum can be trusted.
    private static let tokenLimit = 1_000_000_000_000
    private static let costLimit = 1_000_000_000.0

    private static func sound(_ count: Int) -> Int { min(max(0, count), tokenLimit) }

    /// Both together; no count is so large that a sum of two could not be held.
    package static func + (left: Usage, right: Usage) -> Usage {
        Usage(
            inputTokens: left.inputTokens + right.inputTokens,
            outputTokens: left.outputTokens + right.outputTokens,
            costUSD: left.costUSD + right.costUSD,
            cachedInputTokens: left.cachedInputTokens + right.cachedInputTokens,
            cacheWriteTokens: left.cacheWriteTokens + right.cacheWriteTokens,
            reasoningTokens: left.reasoningTokens + right.reasoningTokens,
            estimatedTokens: left.estimatedTokens + right.estimatedTokens
        )
    }
}

extension Usage {
    /// US dollars as `0.0123`: an answer may cost less than a cent.
    package static func dollars(_ amount: Double) -> String {
        // What an agent says that it cost may be any number.
        let parts = Int(exactly: (max(0, amount) * 10_000).rounded()) ?? .max
        let rest = String(parts % 10_000)
        return "\(parts / 10_000)." + String(repeating: "0", count: 4 - rest.count) + rest
    }
}

extension Usage {
    private enum CodingKeys: String, CodingKey {
        case inputTokens, outputTokens, costUSD, cachedInputTokens, cacheWriteTokens, reasoningTokens
        case estimatedTokens
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            inputTokens: try members.decode(Int.self, forKey: .inputTokens),
            outputTokens: try members.decode(Int.self, forKey: .outputTokens),
            costUSD: try members.decode(Double.self, forKey: .costUSD),
            cachedInputTokens: try members.decodeIfPresent(Int.self, forKey: .cachedInputTokens) ?? 0,
            cacheWriteTokens: try members.decodeIfPresent(Int.self, forKey: .cacheWriteTokens) ?? 0,
            reasoningTokens: try members.decodeIfPresent(Int.self, forKey: .reasoningTokens) ?? 0,
            estimatedTokens: try members.decodeIfPresent(Int.self, forKey: .estimatedTokens) ?? 0
        )
    }

    /// Leaves out what is zero, so that replies recorded before there were caches keep their hash.
    package func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(inputTokens, forKey: .inputTokens)
        try members.encode(outputTokens, forKey: .outputTokens)
        try members.encode(costUSD, forKey: .costUSD)
        if cachedInputTokens > 0 { try members.encode(cachedInputTokens, forKey: .cachedInputTokens) }
        if cacheWriteTokens > 0 { try members.encode(cacheWriteTokens, forKey: .cacheWriteTokens) }
        if reasoningTokens > 0 { try members.encode(reasoningTokens, forKey: .reasoningTokens) }
        if estimatedTokens > 0 { try members.encode(estimatedTokens, forKey: .estimatedTokens) }
    }
}
