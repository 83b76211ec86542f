internal import Core
internal import FoundationEssentials

/// Many group chats at once against a provider, beside frameworks for agents and a plain loop in Python.
///
/// Each contender is a program of its own that prints the line that ``ChatLoad/Result`` is; only Drydock's turns are durable.
enum ChatBench {
    private static let chats = 200
    private static let agents = 3
    private static let rounds = 2
    private static let turns = Double(chats * agents * rounds)

    /// The scripts of `Tests/Bench/peers` and what they are called; a peer that is not installed is left out.
    private static let peers = [
        ("asyncio_loop", "asyncio, by hand"), ("langgraph_chat", "LangGraph"), ("autogen_chat", "AutoGen"),
        ("agent_framework_chat", "Agent Framework"),
    ]
    private static let frameworks: Set = ["LangGraph", "AutoGen", "Agent Framework"]

    /// What a contender came to, and how long the provider worked meanwhile, in seconds.
    private struct Line {
        var result: ChatLoad.Result
        var provider: Double

        var wall: Double { result.wall }
        /// Milliseconds of processor time.
        var costPerTurn: Double { result.processor * 1_000 / Double(max(1, result.turns)) }
        /// MiB.
        var peak: Double { Double(result.peakMemory) / 1_024 }
    }

    private struct Setting {
        let latency: Int
        let streams: Bool
        var name: String { "\(latency) ms, \(streams ? "streamed" : "whole")" }
    }

    static func run(_ place: BenchPlace) async throws -> [Figure] {
        let environment = ProcessInfo.processInfo.environment
        guard let provider = environment["DRYDOCK_BENCH_PROVIDER"] else {
            print("left out: DRYDOCK_BENCH_PROVIDER names no program; scripts/bench builds it with cc")
            return []
        }
        print("\(chats) chats × \(agents) agents × \(rounds) rounds; medians; files below \(place.folder)")
        var figures: [Figure] = []
        for setting in [50, 0].flatMap({ [Setting(latency: $0, streams: false), Setting(latency: $0, streams: true)] })
        {
            let ours = try await median(provider, setting, ourCommand(place, setting, chats: chats), times: 7)
            figures += alone(ours, setting)
            guard setting.latency > 0, let python = environment["DRYDOCK_BENCH_PEERS"] else { continue }
            figures += try await beside(ours, provider, setting, python)
        }
        figures += try await crowd(place, provider)
        return figures
    }

    private static func ourCommand(_ place: BenchPlace, _ setting: Setting, chats: Int) -> String {
        "\(CommandLine.arguments[0]) chat --base-url $PROVIDER_URL --agents \(agents) --rounds \(rounds) --chats \(chats)"
            + " --folder \(place.folder)" + (setting.streams ? " --stream" : "")
    }

    private static func alone(_ ours: Line, _ setting: Setting) -> [Figure] {
        let wall =
            setting.latency > 0
            ? Figure(what: "wall (\(setting.name))", ours: ours.wall, unit: "s", limit: .aim(0.25))
            // 3,000 turns a second.
            : Figure(
                what: "time for each turn (\(setting.name))",
                ours: ours.wall * 1_000 / turns,
                limit: .aim(1 / 3)
            )
        return [
            wall,
            Figure(what: "processor time for each turn (\(setting.name))", ours: ours.costPerTurn, limit: .aim(0.3)),
            Figure(
                what: "the provider's own (\(setting.name))",
                ours: ours.provider * 1_000 / turns
            ),
            Figure(
                what: "peak memory (\(setting.name))",
                ours: ours.peak,
                unit: "MiB",
                limit: .aim(40)
            ),
        ]
    }

    /// What ten times as many chats at once come to.
    private static func crowd(_ place: BenchPlace, _ provider: String) async throws -> [Figure] {
        let setting = Setting(latency: 50, streams: false)
        let line = try await median(provider, setting, ourCommand(place, setting, chats: 2_000), times: 1)
        return [
            Figure(what: "wall of 2,000 chats (\(setting.name))", ours: line.wall, unit: "s"),
            Figure(what: "peak memory of 2,000 chats", ours: line.peak, unit: "MiB"),
        ]
    }

    private static func beside(
        _ ours: Line,
        _ provider: String,
        _ setting: Setting,
        _ python: String
    ) async throws -> [Figure] {
        let folder = ProcessInfo.processInfo.environment["DRYDOCK_BENCH_SCRIPTS"] ?? "Tests/Bench/peers"
        var figures: [Figure] = []
        for (script, name) in peers {
            // Without -B, Python leaves its compiled files in the checkout.
            let command = "\(python) -B \(folder)/\(script).py $PROVIDER_URL \(agents) \(rounds) \(chats)"
            let line: Line
            do {
                line = try await median(provider, setting, command + (setting.streams ? " --stream" : ""), times: 3)
            } catch {
                print("left out: \(name): \(error)")
                continue
            }
            let limit: Figure.Limit = frameworks.contains(name) ? .aim(0.1) : .none
            figures += [
                Figure(what: "wall (\(setting.name))", ours: ours.wall, unit: "s", peer: (name, line.wall)),
                Figure(
                    what: "processor time for each turn (\(setting.name))",
                    ours: ours.costPerTurn,
                    peer: (name, line.costPerTurn),
                    limit: limit
                ),
                Figure(
                    what: "peak memory (\(setting.name))",
                    ours: ours.peak,
                    unit: "MiB",
                    peer: (name, line.peak)
                ),
            ]
        }
        return figures
    }

    /// The medians of several runs of a command, each with a provider of its own; the first counts only when it is alone.
    private static func median(
        _ provider: String,
        _ setting: Setting,
        _ command: String,
        times: Int
    ) async throws -> Line {
        var lines: [Line] = []
        for _ in 0...(times > 1 ? times : 0) {
            lines.append(try await line(provider, setting, command))
        }
        if lines.count > 1 { lines.removeFirst() }
        func middle(_ value: (Line) -> Double) -> Double { lines.map(value).sorted()[lines.count / 2] }
        var line = lines[0]
        line.result.wall = middle(\.result.wall)
        line.result.processor = middle(\.result.processor)
        line.result.peakMemory = Int(middle { Double($0.result.peakMemory) })
        line.provider = middle(\.provider)
        return line
    }

    private static func line(_ provider: String, _ setting: Setting, _ command: String) async throws -> Line {
        let text = try await Measuring.output(of: "\(provider) \(setting.latency) '\(command)'")
        let lines = text.split(separator: "\n").map(String.init)
        guard lines.count >= 2, let provider = Double(lines[lines.count - 1]) else {
            throw BenchError(line: command, output: text)
        }
        let result = try JSON.decode(ChatLoad.Result.self, from: lines[lines.count - 2].utf8)
        guard result.turns > 0 else { throw BenchError(line: command, output: "no turn was taken") }
        return Line(result: result, provider: provider)
    }
}
