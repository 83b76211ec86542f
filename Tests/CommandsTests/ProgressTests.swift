import Commands
import Core
import Engine
import Synchronization
import TestSupport
import Testing

private func activity(_ what: Activity.What, at: Int64 = 0, _ step: String = "") -> Activity {
    Activity(at: at, step: step, what: what)
}

@Suite("A run's progress", .tags(.small))
struct ProgressTests {
    @Test("shows who is doing what, the last line of the command, and for how long")
    func frame() {
        var model = ProgressModel(began: 0, style: .plain)
        _ = model.handle(activity(.planned(title: "Word Count", stack: ["cargo"]), at: 500))
        _ = model.handle(activity(.phaseBegan, at: 900, "build"))
        _ = model.handle(activity(.stepBegan, at: 1_000, "build/api/check/test"))
        _ = model.handle(activity(.stepBegan, at: 2_000, "build/ui/round-1/dev"))
        model.handle(line: "Compiling a\r\u{1b}[1mCompiling b\u{1b}[0m\n", of: "build/api/check/test")
        model.handle(line: "   ", of: "build/api/check/test")
        #expect(
            model.frame(at: 65_000, width: 80) == [
                "1:05 Word Count · build · 0 steps done",
                #"  1:04 build/api/check/test  \u{1b}[1mCompiling b\u{1b}[0m"#,
                "  1:03 build/ui/round-1/dev",
            ]
        )
        #expect(model.frame(at: 65_000, width: 30).allSatisfy { $0.displayWidth <= 30 })
        _ = model.handle(activity(.stepEnded, at: 66_000, "build/api/check/test"))
        #expect(model.frame(at: 66_000, width: 80).count == 2)
    }

    @Test("says what was spent so far, and whom a step is asking")
    func spending() {
        var model = ProgressModel(began: 0, style: .plain)
        let asked = CallFigures(body: ["reserve": [10, 20, .number(0.5)], "model": "openai/gpt"])
        let ended = CallFigures(body: ["call": ["plan", "openai/gpt", 1_000, 200, .number(0.25)]])
        let failed = CallFigures(body: ["call": ["staff", "unanswered", 34, 0, .number(0.125)]])
        _ = model.handle(Activity(at: 0, step: "plan/call-0", what: .stepBegan, call: asked))
        #expect(
            model.frame(at: 1_000, width: 80) == [
                "0:01 planning · 0 steps done", "  0:01 plan/call-0  asking openai/gpt",
            ]
        )
        _ = model.handle(Activity(at: 0, step: "plan/call-0", what: .stepEnded, call: ended))
        #expect(model.frame(at: 1_000, width: 80) == ["0:01 planning · 1 step done · 1200 tokens · 0.2500 USD"])
        _ = model.handle(Activity(at: 0, step: "staff/call-0", what: .stepFailed(message: "no"), call: failed))
        #expect(model.frame(at: 1_000, width: 80) == ["0:01 planning · 1 step done · 1234 tokens · 0.3750 USD"])
        let event = Activity(at: 0, kind: "step.began", step: "plan/call-0", payload: ["reserve": [1, 2, 0]])
        #expect(event?.call != nil && event?.call?.model == nil && event?.call?.usage == nil)
        #expect(Activity(at: 0, kind: "step.ended", step: "plan", payload: [:])?.call == nil)
    }

    @Test("keeps the view small however much goes on")
    func manySteps() {
        var model = ProgressModel(began: 0, style: .plain)
        for number in 1...20 { _ = model.handle(activity(.stepBegan, "step-\(number)")) }
        let frame = model.frame(at: 0, width: 80)
        #expect(frame.count == ProgressModel.shown + 2)
        #expect(frame.last == "  and 14 more")
    }

    @Test(
        "says what is worth a line, and nothing else",
        arguments: [
            (.commandEnded(exitCode: 101, milliseconds: 2_345), "0:03 a/b ended with 101 in 2.3 s"),
            (.stepFailed(message: "no\u{7} way"), #"0:03 failed a/b: no\u{7} way"#),
            (.phaseBegan, "0:03 a/b"),
            (.verified(false), "0:03 not verified"),
            (.remark("moved"), "0:03 a/b: moved"),
            (.stepBegan, nil), (.stepEnded, nil), (.phaseEnded, nil),
            (.stopped(state: "completed", reason: nil), "0:03 run completed"),
            (.stopped(state: "failed", reason: "no\u{7} way"), #"0:03 run failed: no\u{7} way"#),
        ] as [(Activity.What, String?)]
    )
    func lines(what: Activity.What, line: String?) {
        #expect(ActivityLine(activity(what, at: 3_000, "a/b"), since: 0, style: .plain)?.text == line)
    }

    @Test(
        "reads events",
        arguments: [
            ("step.began", [:], .stepBegan),
            ("step.failed", ["message": "x", "class": "quality"], .stepFailed(message: "x")),
            (
                "command.ended", ["exitCode": 2, "durationMilliseconds": 15],
                .commandEnded(exitCode: 2, milliseconds: 15)
            ),
            ("command.ended", [:], nil),
            ("run.planned", ["title": "T", "stack": ["npm"]], .planned(title: "T", stack: ["npm"])),
            ("run.verified", ["passed": true], .verified(true)),
            ("control.cancel", [:], .remark("asked to cancel")),
            ("run.completed", [:], .stopped(state: "completed", reason: nil)),
            ("run.failed", ["failure": ["message": "x"]], .stopped(state: "failed", reason: "x")),
            ("run.parked", ["failure": ["message": "x"]], .stopped(state: "parked", reason: "x")),
            ("run.paused", [:], .stopped(state: "paused", reason: nil)),
            ("run.cancelled", [:], .stopped(state: "cancelled", reason: nil)),
            ("run.resumed", [:], nil),
            ("run.usage", ["calls": 1], nil),
            ("something.new", [:], nil),
        ] as [(String, JSONValue, Activity.What?)]
    )
    func events(kind: String, payload: JSONValue, what: Activity.What?) {
        #expect(Activity(at: 1, kind: kind, step: "s", payload: payload)?.what == what)
    }
}

@Suite("The progress view", .tags(.small))
struct ProgressViewTests {
    private struct StillClock: WallClock {
        let milliseconds: Int64 = 0
    }

    /// The screen as a list of writes.
    private final class Screen: Sendable {
        private let texts = Mutex<[String]>([])
        func write(_ text: String) { texts.withLock { $0.append(text) } }
        var writes: [String] { texts.withLock { $0 } }
    }

    private func view(_ screen: Screen, isLive: Bool) -> ProgressView {
        ProgressView(isLive: isLive, style: .plain, clock: StillClock(), width: { 40 }, write: screen.write)
    }

    @Test("writes plain lines without a terminal, and no control characters at all")
    func plain() async {
        let screen = Screen()
        let view = view(screen, isLive: false)
        await view.show(activity(.phaseBegan, "plan"))
        await view.show(activity(.stepBegan, "plan/call-1"))
        await view.draw()
        await view.finish()
        #expect(screen.writes == ["0:00 plan\n"])
    }

    @Test("takes in what happened before without a word, and leaves behind what a dead process had begun")
    func absorbs() async {
        let screen = Screen()
        let view = view(screen, isLive: true)
        let past = [
            activity(.planned(title: "Word Count", stack: ["cargo"])), activity(.phaseBegan, "build"),
            activity(.stepBegan, "a"), activity(.stepEnded, "a"), activity(.stepBegan, "b"),
        ]
        await view.absorb(past)
        await view.draw()
        #expect(screen.writes == ["\r0:00 Word Count · build · 1 step done\u{1b}[K\n\u{1b}[J"])
    }

    @Test("says something of its own above the live view, or as a plain line", arguments: [true, false])
    func says(isLive: Bool) async {
        let screen = Screen()
        let view = view(screen, isLive: isLive)
        await view.draw()
        await view.say("cancelling")
        await view.draw()
        let frame = "\r0:00 planning · 0 steps done\u{1b}[K\n\u{1b}[J"
        #expect(
            screen.writes
                == (isLive ? [frame, "\u{1b}[1A\rcancelling\u{1b}[K\n" + frame] : ["cancelling\n"])
        )
    }

    @Test("overwrites its own lines, in one write for each frame, and leaves what stays above them")
    func live() async {
        let screen = Screen()
        let view = view(screen, isLive: true)
        await view.show(activity(.stepBegan, "a"))
        await view.draw()
        await view.show(activity(.phaseBegan, "build"))
        await view.draw()
        await view.finish()
        #expect(
            screen.writes == [
                "\r0:00 planning · 0 steps done\u{1b}[K\n\r  0:00 a\u{1b}[K\n\u{1b}[J",
                "\u{1b}[2A\r0:00 build\u{1b}[K\n\r0:00 planning · build · 0 steps done\u{1b}[K\n\r  0:00 a\u{1b}[K\n\u{1b}[J",
                "\u{1b}[2A\u{1b}[J",
            ]
        )
    }
}
