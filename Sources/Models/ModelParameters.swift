/// How a model is to choose its words; recorded with the request, since the answer depends on it.
///
/// A provider that does not know a parameter is not sent it: Anthropic takes neither a temperature nor a seed.
package struct ModelParameters: Codable, Sendable, Hashable {
    /// From 0, always the likeliest word, to 2.
    package var temperature: Double
    /// The longest answer in tokens, thinking included; `nil` leaves it to the provider.
    package var maxOutputTokens: Int?
    /// Makes the choice repeatable where the provider can; `nil` leaves it to chance.
    package var seed: Int?

    /// The defaults: the likeliest word each time, and a fixed seed for what chance remains.
    package static let deterministic = ModelParameters(temperature: 0, seed: 0)

    package init(temperature: Double = 0, maxOutputTokens: Int? = nil, seed: Int? = nil) {
        self.temperature = temperature
        self.maxOutputTokens = maxOutputTokens
        self.seed = seed
    }
}
