package import Core
internal import GitKit
package import Models
package import Sandbox

/// An agent on this machine: it answers contracts as a model does, and works on files in a work tree of its own.
///
/// Each call is one process tree in the sandbox, with the network, its own credentials and a private home that goes with it.
package struct AgentModel: ModelProvider {
    package let profile: AgentProfile
    /// The model that the agent is told to use; `nil` leaves that to the agent.
    package let model: String?
    /// What the agent says its version is, for the record.
    package let version: String?
    package let policy: AgentPolicy
    private let runner: any CommandRunner
    private let environment: [String: String]
    private let scratch: String
    private let clock: any WallClock
    /// What its login was when a call began: it may renew that amid the call, and say either.
    private var earlier: [String: String] = [:]

    /// - Parameters:
    ///   - profile: The agent.
    ///   - model: The model that it is told to use; `nil` leaves that to it.
    ///   - version: What it says its version is.
    ///   - policy: What it is allowed.
    ///   - runner: Carries it out; its isolation is the agent's.
    ///   - environment: All variables of the person who runs Drydock: for `PATH`, `HOME` and those that the profile names.
    ///   - scratch: The absolute path of a folder of Drydock's own for private folders; made when it is needed.
    ///   - clock: For the record's times.
    package init(
        _ profile: AgentProfile,
        model: String? = nil,
        version: String? = nil,
        policy: AgentPolicy = AgentPolicy(),
        runner: any CommandRunner,
        environment: [String: String],
        scratch: String,
        clock: any WallClock = SystemClock()
    ) {
        self.profile = profile
        self.model = model
        self.version = version
        self.policy = policy
        self.runner = runner
        self.environment = environment
        self.scratch = scratch
        self.clock = clock
    }

    package var identity: ModelIdentity { ModelIdentity(provider: profile.name, name: model ?? profile.name) }

    /// The task's tokens alone: what an agent reads and writes besides, nobody can say before.
    package func estimate(_ request: ModelRequest) -> Usage {
        let prompt = PromptText(request)
        return Self.estimate(of: prompt.system + prompt.user)
    }

    static func estimate(of prompt: String) -> Usage {
        let tokens = prompt.utf8.count / Usage.bytesPerToken
        return Usage(inputTokens: tokens, outputTokens: 0, costUSD: 0, estimatedTokens: tokens)
    }

    /// Answers with text, in an empty folder, without the right to run or change anything as far as the agent knows one.
    ///
    /// - Throws: ``ProviderFault``, `CancellationError`, or a fault of the sandbox.
    package func complete(_ request: ModelRequest, _ observer: CallObserver) async throws -> ModelReply {
        let prompt = PromptText(request)
        return try await answer(prompt.system + "\n\n" + prompt.user, onSent: observer.onSent)
    }

    /// Answers any text, as ``complete(_:_:)`` does a request.
    package func answer(_ prompt: String, onSent: () -> Void = {}) async throws -> ModelReply {
        let folder = try AgentFolder.make(in: scratch)
        return try await withCleanup {
            let order = AgentOrder(
                prompt: prompt,
                arguments: profile.textArguments,
                site: AgentSite(tree: folder.work, home: folder.home)
            )
            let call = try await call(order, onSent: onSent) { _ in }
            guard !call.answer.text.isEmpty else { throw fault(.malformed, "it ended well and printed no answer") }
            return ModelReply(text: call.answer.text, usage: call.answer.usage)
        } cleanup: {
            try? await RepositorySetup().removeFolder(folder.path)
        }
    }

    /// Starts the agent once and waits for it.
    ///
    /// `onSent` is called right before; `onLine` gets each line that it prints, without its secrets.
    func call(
        _ order: AgentOrder,
        onSent: () -> Void = {},
        onLine: @escaping @Sendable (String) -> Void
    ) async throws -> AgentCall {
        let login = AgentLogin(of: profile, environment: environment, allowsBilling: policy.allowsBilling)
        if let problem = profile.problems.first { throw fault(.badRequest, "its profile cannot be used: \(problem)") }
        if case .missing(let what) = login { throw fault(.notLoggedIn, what) }
        let tools = try await Toolchain.programs(
            [profile.command],
            environment: environment,
            over: order.site.toolchain
        )
        guard let tools else { throw fault(.notInstalled, "there is no '\(profile.command.printable)' on PATH") }
        var begun = self
        begun.earlier = secrets
        let started = clock.milliseconds
        let argv = try arguments(of: order)
        let known = begun.redactor
        onSent()
        let result = try await runner.run(command(argv, order.limits), in: site(of: order, tools)) {
            onLine(known.redacting($0))
        }
        var answer = try begun.answer(of: result)
        answer.text = begun.redactor.redacting(answer.text)
        return AgentCall(
            argv: recordedArguments(of: order),
            startedAt: started,
            endedAt: clock.milliseconds,
            result: result,
            answer: answer,
            secrets: begun.secrets
        )
    }

    func fault(_ reason: ProviderFault.Reason, _ message: String, status: Int? = nil) -> ProviderFault {
        var fault = ProviderFault(reason, redactor.redacting(message), status: status, provider: profile.name)
        fault.model = model
        return fault
    }

    var isolation: Isolation { runner.isolation }

    private var variables: [String: String] { policy.variables(of: profile, from: environment) }

    /// The agent may say or write what it was given.
    private var redactor: Redactor { Redactor.none.adding(secrets) }

    /// What the agent could tell others, by name: its login as it is now and as it was, and keys among its variables.
    var secrets: [String: String] {
        let keys = variables.filter { Redactor.namesSecret($0.key) }
        let now = profile.secrets(environment: environment).merging(keys) { _, key in key }
        let replaced = earlier.filter { now[$0.key] != $0.value }.map { ($0.key + " before", $0.value) }
        return now.merging(replaced) { secret, _ in secret }
    }
}

/// What is started, and with what.
extension AgentModel {
    /// How long a task may be that goes into an argument; the kernel takes no argument of 128 KiB.
    static let argumentLimit = 100_000
    private static let taskFile = "task.md"

    private func command(_ argv: [String], _ limits: CommandLimits) -> Command {
        var limits = limits
        limits.wallClock = profile.seconds
        limits.cpu = profile.seconds * 4
        limits.outputBytes = AnswerText.sizeLimit
        return Command(argv: argv, environment: variables, profile: .run, limits: limits)
    }

    private func site(of order: AgentOrder, _ tools: Toolchain) -> BuildSite {
        let home = environment["HOME"] ?? "/nonexistent"
        let files = profile.credentials.map { credential in
            CommandAccess.HomeFile(
                source: home + "/" + credential.path,
                place: credential.path,
                isWritable: credential.isWritable
            )
        }
        let input = profile.prompt == .stdin ? Array(order.prompt.utf8) : nil
        return BuildSite(
            tree: order.site.tree,
            protectedPaths: order.site.protectedPaths,
            home: order.site.home,
            toolchain: tools,
            access: CommandAccess(network: true, homeFiles: files, input: input)
        )
    }

    /// The argument vector with the task in it, or with the path of the file that the task is written to.
    private func arguments(of order: AgentOrder) throws -> [String] {
        let file = order.site.home + "/" + Self.taskFile
        var prompt = order.prompt
        let isLong = profile.prompt == .argument && prompt.utf8.count > Self.argumentLimit
        if profile.prompt == .file || isLong {
            try FileSystem.makeFolder(order.site.home)
            try FileSystem.write(prompt, to: file)
        }
        if isLong {
            prompt = "Your whole task is in the file '\(file)'. Read all of it first, then do what it says."
        }
        return filled(order) { $0.replacing("{file}", with: file).replacing("{prompt}", with: prompt) }
    }

    /// As they are recorded, without the task.
    private func recordedArguments(of order: AgentOrder) -> [String] { filled(order) { $0 } }

    private func filled(_ order: AgentOrder, _ fill: (String) -> String) -> [String] {
        let choice = model.map { name in
            profile.modelArguments.map { $0.replacing("{model}", with: name) }
        }
        return [profile.command] + order.arguments.map(fill) + (choice ?? [])
    }
}

/// What came of it.
extension AgentModel {
    private func answer(of result: CommandResult) throws -> AgentAnswer {
        switch result.ending {
        case .cancelled: throw CancellationError()
        case .timedOut: throw fault(.timeout, "it was ended after \(profile.seconds) s")
        case .cpuLimit: throw fault(.server, "it was ended at its limit of processor time")
        case .memoryLimit: throw fault(.server, "it was ended at its limit of memory")
        case .processLimit: throw fault(.server, "it was ended at its limit of processes")
        case .diskLimit, .fileLimit: throw fault(.server, "it was ended at its limit of disk space or files")
        case .signalled: throw fault(.server, "it ended by signal \(result.exitCode - 128)")
        case .exited: break
        }
        if result.exitCode == 126 || result.exitCode == 127 {
            throw fault(.notInstalled, Self.lastWords(of: result))
        }
        let isWhole = result.outputBytes <= AnswerText.sizeLimit
        do {
            let answer = try profile.answer.read(result.output, isWhole: isWhole)
            guard result.exitCode == 0 else { throw ProviderFault(.server, Self.lastWords(of: result)) }
            return answer
        } catch var error as ProviderFault {
            // Before its message is handed on, which was cut: a secret may lie across the cut.
            error.redact(with: redactor)
            // What a failed agent says in its own form tells more than its status; what is in no form at all tells less.
            let isVague = error.reason == .malformed || error.reason == .server && error.message.isEmpty
            guard result.exitCode != 0, isVague else { throw fault(error.reason, error.message, status: error.status) }
            throw fault(.server, "it ended with \(result.exitCode): \(Self.lastWords(of: result))")
        }
    }

    /// The end of what it wrote to standard error, or else to standard output.
    private static func lastWords(of result: CommandResult) -> String {
        let errors = ProgramOutput.lastLines(of: result.errors ?? "", count: 3)
        return (errors.isEmpty ? ProgramOutput.lastLines(of: result.output, count: 3) : errors).joined(separator: " ")
    }
}
