import Synchronization

/// One exchange with a model; an object, since thousands of them wait at a time.
final class ModelAttempt: Sendable {
    let call: WireCall
    let secret: String?
    /// How much of the answer's text has come, in bytes.
    private let written = Atomic(0)

    /// What a fault has cost all the same; `nil` when nothing had come.
    var usage: Usage? {
        let tokens = written.load(ordering: .relaxed) / Usage.bytesPerToken
        guard tokens > 0 else { return nil }
        return Usage(inputTokens: 0, outputTokens: tokens, costUSD: 0, estimatedTokens: tokens)
    }

    init(_ call: WireCall, _ secret: String?) {
        self.call = call
        self.secret = secret
    }

    func count(_ text: String) { written.add(text.utf8.count, ordering: .relaxed) }
}

/// What earlier attempts of a call have shown: how far to climb down from the best form.
struct ModelDescent {
    /// What to try after a form that was not accepted without a word on why.
    var weaker: StructuredOutput?
    /// What was said to the first form.
    var refusal: ProviderFault?
    var hasRenewedKey = false
}
