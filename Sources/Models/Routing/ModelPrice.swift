/// What a model's tokens cost, in US dollars for a million of them.
package struct ModelPrice: Codable, Sendable, Hashable {
    package let inputPerMillion: Double
    package let outputPerMillion: Double
    /// For tokens that were found in the provider's cache; as any others when left out.
    package let cachedInputPerMillion: Double?
    /// For tokens that were put into the provider's cache; as any others when left out.
    package let cacheWritePerMillion: Double?

    package init(
        inputPerMillion: Double,
        outputPerMillion: Double,
        cachedInputPerMillion: Double? = nil,
        cacheWritePerMillion: Double? = nil
    ) {
        self.inputPerMillion = inputPerMillion
        self.outputPerMillion = outputPerMillion
        self.cachedInputPerMillion = cachedInputPerMillion
        self.cacheWritePerMillion = cacheWritePerMillion
    }

    /// What the tokens of a call cost, in US dollars.
    package func cost(of usage: Usage) -> Double {
        let cached = min(usage.cachedInputTokens, usage.inputTokens)
        let written = min(usage.cacheWriteTokens, usage.inputTokens - cached)
        let plain = usage.inputTokens - cached - written
        let sum =
            Double(plain) * inputPerMillion + Double(usage.outputTokens) * outputPerMillion
            + Double(cached) * (cachedInputPerMillion ?? inputPerMillion)
            + Double(written) * (cacheWritePerMillion ?? inputPerMillion)
        return sum / 1_000_000
    }
}

/// The prices of models, by name.
package struct PriceTable: Codable, Sendable, Hashable {
    /// By `provider/model`; a `*` at the end stands for anything.
    package let prices: [String: ModelPrice]

    /// Knows no price.
    package static let none = PriceTable([:])

    package init(_ prices: [String: ModelPrice]) { self.prices = prices }

    /// The price of a model: of its name, else of the longest beginning of it.
    package func price(of model: ModelIdentity) -> ModelPrice? {
        let name = model.provider + "/" + model.name
        if let price = prices[name] { return price }
        let beginnings = prices.keys.filter { $0.hasSuffix("*") && name.hasPrefix($0.dropLast()) }
        return beginnings.max { $0.utf8.count < $1.utf8.count }.flatMap { prices[$0] }
    }

    /// The usage with its cost: by the table, else as the provider said it.
    package func priced(_ usage: Usage, of model: ModelIdentity) -> Usage {
        guard let price = price(of: model) else { return usage }
        var usage = usage
        usage.costUSD = price.cost(of: usage)
        return usage
    }
}
