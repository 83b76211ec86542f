internal import Core
internal import Engine
internal import Models

/// What is going on in a run, as a value: activities and output lines go in, lines to show come out.
package struct ProgressModel {
    /// One step under way.
    private struct Work {
        let step: String
        let began: Int64
        var line: String
    }

    private let began: Int64
    private var title: String?
    private var phases: [String] = []
    private var work: [Work] = []
    private var completed = 0
    /// What the calls that have ended used.
    private var spent = Usage.zero
    private let style: Style

    /// How many steps the live view shows at most.
    package static let shown = 6

    package init(began: Int64, style: Style) {
        self.began = began
        self.style = style
    }

    /// Takes in what happened; returns the line that stays on the screen, if it deserves one.
    package mutating func handle(_ activity: Activity) -> String? {
        if let usage = activity.call?.usage { spent = spent + usage }
        switch activity.what {
        case .stepBegan:
            work.removeAll { $0.step == activity.step }
            let line = activity.call?.model.map { "asking " + $0.printable } ?? ""
            work.append(Work(step: activity.step, began: activity.at, line: line))
        case .stepEnded:
            completed += 1
            work.removeAll { $0.step == activity.step }
        case .stepFailed: work.removeAll { $0.step == activity.step }
        case .phaseBegan: phases.append(activity.step)
        case .phaseEnded, .phaseSkipped: phases.removeAll { $0 == activity.step }
        case .planned(let title, _): self.title = title
        default: break
        }
        return ActivityLine(activity, since: began, style: style)?.text
    }

    /// Takes in what happened before anybody looked on.
    ///
    /// Whatever was under way then was left by a process that has ended.
    package mutating func absorb(_ past: [Activity]) {
        for activity in past { _ = handle(activity) }
        work = []
    }

    /// Takes in a line that a command printed.
    package mutating func handle(line: String, of step: String) {
        guard let index = work.firstIndex(where: { $0.step == step }) else { return }
        let text = line.split(whereSeparator: { $0 == "\r" || $0 == "\n" }).last.map(String.init) ?? ""
        let trimmed = text.printable
        if trimmed.contains(where: { !$0.isWhitespace }) {
            work[index].line = trimmed
        }
    }

    /// The tokens and dollars so far, where there are some.
    private var cost: [String] {
        let tokens = spent.inputTokens + spent.outputTokens
        return [
            tokens > 0 ? Amounts.count(tokens, "token") : "",
            spent.costUSD > 0 ? Usage.dollars(spent.costUSD) + " USD" : "",
        ]
    }

    /// The live view: a heading, then each step under way with the last line of its command.
    package func frame(at now: Int64, width: Int) -> [String] {
        let clock = Amounts.clock(milliseconds: Int(now - began))
        let heading = [title ?? "planning", phases.last ?? "", Amounts.count(completed, "step") + " done"] + cost
        let rest = heading.filter { !$0.isEmpty }.joined(separator: " · ").printable
        var lines = [style.paint(clock, .cyan) + " " + rest.truncated(to: width - clock.count - 1)]
        for entry in work.suffix(Self.shown) {
            let name = "  \(Amounts.clock(milliseconds: Int(now - entry.began))) \(entry.step.printable)"
            guard !entry.line.isEmpty, name.displayWidth + 4 < width else {
                lines.append(name.truncated(to: width))
                continue
            }
            let rest = entry.line.truncated(to: width - name.displayWidth - 2)
            lines.append(name + "  " + style.paint(rest, .dim))
        }
        if work.count > Self.shown {
            lines.append("  and \(work.count - Self.shown) more".truncated(to: width))
        }
        return lines
    }
}

/// One activity as a line of text that stays.
package struct ActivityLine {
    package let text: String

    /// `nil` for what only the live view shows.
    package init?(_ activity: Activity, since began: Int64, style: Style) {
        guard let message = Self.message(activity, style) else { return nil }
        let seconds = Amounts.clock(milliseconds: Int(activity.at - began))
        text = style.paint(seconds, .dim) + " " + message
    }

    private static func message(_ activity: Activity, _ style: Style) -> String? {
        let step = activity.step.printable
        switch activity.what {
        case .stepBegan, .stepEnded, .phaseEnded: return nil
        case .stepFailed(let message): return style.paint("failed", .red) + " \(step): \(message.printable)"
        case .phaseBegan: return style.paint(step, .bold)
        case .phaseSkipped: return "\(step) skipped"
        case .commandEnded(let code, let milliseconds):
            let status = style.paint("\(code)", code == 0 ? .green : .red)
            return "\(step) ended with \(status) in \(Amounts.duration(milliseconds: milliseconds))"
        case .planned(let title, let stack):
            return "planned '\(title.printable)' with \(stack.joined(separator: ", ").printable)"
        case .toolchain(let level, let reason):
            return "toolchain \(level)" + (reason.isEmpty ? "" : ": \(reason.printable)")
        case .model(let provider, let name): return "model \(provider.printable) \(name.printable)"
        case .verified(let passed):
            return passed ? style.paint("verified", .green) : style.paint("not verified", .red)
        case .snapshot(let id): return "snapshot \(id.printable)"
        case .delivered(let folder): return "delivered to \(folder.printable)"
        case .remark(let text): return (step.isEmpty ? "" : step + ": ") + text.printable
        case .stopped(let state, let reason):
            return "run \(state.printable)" + (reason.map { ": " + $0.printable } ?? "")
        }
    }
}
