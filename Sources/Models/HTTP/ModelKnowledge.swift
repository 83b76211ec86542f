import Synchronization

/// What a process has found out about a model: the parts of a request that it does not accept.
///
/// Not stored: a provider may learn, and the first call of the next process finds out again.
final class ModelKnowledge: Sendable {
    private struct State {
        var output: StructuredOutput
        var omitted: Set<WirePart> = []
        var hasAnswered = false
    }

    private let state: Mutex<State>

    init(output: StructuredOutput) { state = Mutex(State(output: output)) }

    /// A call with what is known by now.
    func call(model: String, streams: Bool) -> WireCall {
        state.withLock { WireCall(model: model, output: $0.output, streams: streams, omitted: $0.omitted) }
    }

    /// Notes that a call was answered.
    func settle(on call: WireCall) {
        state.withLock { state in
            if !state.hasAnswered { state.output = call.output }
            state.hasAnswered = true
        }
    }

    /// What to try after a call that was not accepted without a word on why.
    ///
    /// `nil` once the model has answered in the same way: then it is the question that it does not accept.
    func weaker(than call: WireCall) -> StructuredOutput? {
        state.withLock { state in
            guard state.hasAnswered else { return call.output.weaker }
            return state.output == call.output ? nil : state.output
        }
    }

    /// Notes that a part of `call` was not accepted, and says whether a call without it may be.
    func learn(_ part: WirePart, from call: WireCall) -> Bool {
        state.withLock { state in
            guard part == .structuredOutput else {
                state.omitted.insert(part)
                return !call.omitted.contains(part)
            }
            // Another call may have learnt it meanwhile.
            guard state.output == call.output else { return true }
            guard let weaker = call.output.weaker else { return false }
            state.output = weaker
            return true
        }
    }
}
