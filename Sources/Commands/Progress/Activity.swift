package import Core
package import Engine

/// Something that happened in a run, as far as a viewer cares.
package struct Activity: Equatable, Sendable {
    package enum What: Equatable, Sendable {
        case stepBegan
        case stepEnded
        case stepFailed(message: String)
        case phaseBegan, phaseEnded, phaseSkipped
        case commandEnded(exitCode: Int, milliseconds: Int)
        case planned(title: String, stack: [String])
        case toolchain(level: String, reason: String)
        case model(provider: String, name: String)
        case verified(Bool)
        case snapshot(id: String)
        case delivered(folder: String)
        case remark(String)
        /// The run came into a state in which nothing drives it any more.
        case stopped(state: String, reason: String?)
    }

    /// Milliseconds since 1970.
    package let at: Int64
    package let step: String
    package let what: What
    /// The call to a model that the step makes or has made, if it is one.
    package let call: CallFigures?

    package init(at: Int64, step: String, what: What, call: CallFigures? = nil) {
        self.at = at
        self.step = step
        self.what = what
        self.call = call
    }
}

extension Activity {
    /// What an event says, or `nil` when a person would not want to know; `payload` is its body, or what its result names.
    package init?(at: Int64, kind: String, step: String?, payload: JSONValue) {
        guard let what = What(kind, payload) else { return nil }
        self.init(at: at, step: step ?? "", what: what, call: CallFigures(body: payload))
    }
}

extension Activity.What {
    fileprivate init?(_ kind: String, _ payload: JSONValue) {
        switch kind {
        case "step.began": self = .stepBegan
        case "step.ended": self = .stepEnded
        case "step.failed": self = .stepFailed(message: payload["message"]?.string ?? "")
        case "phase.began": self = .phaseBegan
        case "phase.ended": self = .phaseEnded
        case "phase.skipped": self = .phaseSkipped
        case "command.ended":
            guard let code = payload["exitCode"]?.integer else { return nil }
            let duration = payload["durationMilliseconds"]?.integer ?? 0
            self = .commandEnded(exitCode: Int(code), milliseconds: Int(duration))
        case "run.control", "control.pause", "control.cancel":
            self = .remark(kind == "control.cancel" ? "asked to cancel" : "asked to pause")
        case let kind where kind.hasPrefix("run."): self.init(run: kind, payload)
        default: self.init(remark: kind, payload)
        }
    }

    private init?(run kind: String, _ payload: JSONValue) {
        switch kind {
        case "run.planned":
            let stack = payload["stack"]?.array ?? []
            self = .planned(title: payload["title"]?.string ?? "", stack: stack.compactMap { $0.string })
        case "run.toolchain":
            self = .toolchain(level: payload["level"]?.string ?? "", reason: payload["reason"]?.string ?? "")
        case "run.model":
            self = .model(provider: payload["provider"]?.string ?? "", name: payload["name"]?.string ?? "")
        case "run.verified": self = .verified(payload["passed"]?.bool ?? false)
        case "run.snapshot": self = .snapshot(id: payload["id"]?.string ?? "")
        case "run.delivered": self = .delivered(folder: payload["folder"]?.string ?? "")
        case "run.completed", "run.failed", "run.parked", "run.paused", "run.cancelled":
            self = .stopped(state: String(kind.dropFirst(4)), reason: payload["failure"]?["message"]?.string)
        default: return nil
        }
    }

    private init?(remark kind: String, _ payload: JSONValue) {
        switch kind {
        case "notice", "fallback":
            guard let text = payload["text"]?.string ?? payload["message"]?.string else { return nil }
            self = .remark(text)
        case "fix.ended":
            self = .remark("repair: \(payload["ending"]?.string ?? "ended")")
        case "loop.ended", "chat.ended":
            guard let reason = payload["reason"]?.string else { return nil }
            self = .remark("\(kind.prefix(4)) ended: \(reason)")
        default: return nil
        }
    }
}
