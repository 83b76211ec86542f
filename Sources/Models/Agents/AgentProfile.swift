import Core

/// A program that works on files by itself, talking to a service of its own: what has to be known to use it.
///
/// Pure data: an agent that no one has thought of is added by configuration alone, as long as it takes its task on its
/// command line, from its standard input or from a file, and ends when it is done.
package struct AgentProfile: Codable, Sendable, Hashable {
    /// How the task reaches the program.
    package enum Prompt: String, CaseIterable, Codable, Sendable {
        /// On its standard input.
        case stdin
        /// In place of `{prompt}` in its arguments; a long one by way of a file that the argument names.
        case argument
        /// In a file, whose path takes the place of `{file}` in its arguments.
        case file
    }

    /// A file below the user's home that the program needs in order to be logged in.
    package struct Credential: Codable, Sendable, Hashable {
        /// Relative to the home.
        package var path: String
        /// Whether the program renews what is in it.
        package var isWritable: Bool
        /// A member of the file's JSON without which it is no login with a subscription; `nil` when the file's being there is enough.
        package var member: String?

        package init(_ path: String, isWritable: Bool = false, member: String? = nil) {
            self.path = path
            self.isWritable = isWritable
            self.member = member
        }
    }

    /// As configuration, reports and `provider/model` name it.
    package var name: String
    /// Other names for the same, as older configurations have them.
    package var aliases: [String] = []
    /// Whether it may be used at all.
    package var enabled = true
    /// The program: a name on `PATH`.
    package var command: String
    /// Its arguments when it is to answer with text and do nothing else; `{prompt}` and `{file}` are replaced.
    package var textArguments: [String]
    /// Its arguments when it is to work on the files of its folder without asking anybody.
    package var workArguments: [String]
    /// Arguments that choose a model, behind the others; `{model}` is replaced.
    package var modelArguments: [String] = []
    package var prompt = Prompt.stdin
    package var answer = AgentAnswerForm()
    package var credentials: [Credential] = []
    /// Variables of the user's environment that it gets when they are set.
    package var environment: [String] = []
    /// Those of ``environment`` that log it in just as the credentials do.
    package var loginVariables: [String] = []
    /// Variables that it always gets.
    package var settings: [String: String] = [:]
    /// Variables that it gets besides when no key of ``billingVariables`` is used.
    package var subscriptionSettings: [String: String] = [:]
    /// Variables with keys that are charged by use: it gets them only where policy allows that.
    package var billingVariables: [String] = []
    package var versionArguments = ["--version"]
    /// What a person types to log in; `nil` for the program itself.
    package var loginHint: String?
    /// How long one call may take, in seconds.
    package var seconds = 3_600
    package var capabilities = Set(AgentCapability.allCases)

    package init(name: String, command: String, textArguments: [String], workArguments: [String]) {
        self.name = name
        self.command = command
        self.textArguments = textArguments
        self.workArguments = workArguments
    }
}

extension AgentProfile {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case name, aliases, enabled, command, textArguments, workArguments, modelArguments, prompt, answer, credentials
        case environment, loginVariables, settings, subscriptionSettings, billingVariables, versionArguments
        case loginHint, seconds, capabilities
    }

    /// What a configuration may say of an agent; its name is the entry's own.
    package static let memberNames = CodingKeys.allCases.filter { $0 != .name }.map(\.rawValue)

    /// Only the name is needed: the command is the name, and one list of arguments serves for both uses, if there is no other.
    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        func read<Value: Decodable>(_ key: CodingKeys, _ standard: Value) throws -> Value {
            try members.decodeIfPresent(Value.self, forKey: key) ?? standard
        }
        let name = try members.decode(String.self, forKey: .name)
        let work = try read(.workArguments, [String]())
        self.init(
            name: name,
            command: try read(.command, name),
            textArguments: try read(.textArguments, work),
            workArguments: work
        )
        aliases = try read(.aliases, aliases)
        enabled = try read(.enabled, enabled)
        modelArguments = try read(.modelArguments, modelArguments)
        prompt = try read(.prompt, prompt)
        answer = try read(.answer, answer)
        credentials = try read(.credentials, credentials)
        environment = try read(.environment, environment)
        loginVariables = try read(.loginVariables, loginVariables)
        settings = try read(.settings, settings)
        subscriptionSettings = try read(.subscriptionSettings, subscriptionSettings)
        billingVariables = try read(.billingVariables, billingVariables)
        versionArguments = try read(.versionArguments, versionArguments)
        loginHint = try members.decodeIfPresent(String.self, forKey: .loginHint)
        seconds = try read(.seconds, seconds)
        guard let tags = try members.decodeIfPresent([String].self, forKey: .capabilities) else { return }
        capabilities = Set(
            try tags.map { tag in
                if let capability = AgentCapability(tag: tag) { return capability }
                let message = "'\(tag.printable)' names no capability"
                throw DecodingError.dataCorruptedError(forKey: .capabilities, in: members, debugDescription: message)
            }
        )
    }
}

extension AgentProfile.Credential {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case path, isWritable, member
    }

    /// What a configuration may say of a credential.
    package static let memberNames = CodingKeys.allCases.map(\.rawValue)

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            try members.decode(String.self, forKey: .path),
            isWritable: try members.decodeIfPresent(Bool.self, forKey: .isWritable) ?? false,
            member: try members.decodeIfPresent(String.self, forKey: .member)
        )
    }
}

extension AgentProfile {
    /// Everything that keeps this profile from being used, a sentence each; empty when it can be.
    package var problems: [String] {
        var problems: [String] = []
        if name.isEmpty || name.contains("/") { problems.append("'name' is empty or holds a '/'") }
        if command.isEmpty || command.contains("/") {
            problems.append("'command' is '\(command.printable)': give a name to look up on PATH")
        }
        let needed: String? =
            switch prompt {
            case .stdin: nil
            case .argument: "{prompt}"
            case .file: "{file}"
            }
        for (key, arguments) in [("textArguments", textArguments), ("workArguments", workArguments)] {
            guard let needed, !arguments.contains(where: { $0.contains(needed) }) else { continue }
            problems.append("'\(key)' has no '\(needed)', and 'prompt' is '\(prompt.rawValue)'")
        }
        for credential in credentials {
            let parts = credential.path.split(separator: "/", omittingEmptySubsequences: false)
            if parts.contains(where: { ["", ".", ".."].contains($0) }) {
                problems.append("credential '\(credential.path.printable)' is not a path below the home")
            }
        }
        if !modelArguments.isEmpty, !modelArguments.contains(where: { $0.contains("{model}") }) {
            problems.append("'modelArguments' has no '{model}'")
        }
        if !(1...86_400).contains(seconds) { problems.append("'seconds' is \(seconds), not from 1 to 86400") }
        return problems + answer.problems
    }
}

/// What an agent is good at; configurations name it by many words.
package enum AgentCapability: String, CaseIterable, Codable, Sendable {
    case implementation
    case codeReview = "code_review"
    case refactoring
    case testing
    case documentation
    case debugging
    case architecture

    /// The capability that a tag of a configuration means; `nil` for a word that means none.
    package init?(tag: String) {
        let word = tag.lowercased().replacing("-", with: "_").replacing(" ", with: "_")
        guard let found = Self(rawValue: word) ?? Self.words[word] else { return nil }
        self = found
    }

    private static let words: [String: AgentCapability] = [
        "implement": .implementation, "code": .implementation, "coding": .implementation,
        "code_generation": .implementation, "development": .implementation, "generate": .implementation,
        "review": .codeReview, "codereview": .codeReview, "reviewing": .codeReview, "quality": .codeReview,
        "refactor": .refactoring, "refine": .refactoring, "optimization": .refactoring,
        "test": .testing, "tests": .testing, "qa": .testing,
        "docs": .documentation, "doc": .documentation, "document": .documentation, "writing": .documentation,
        "debug": .debugging, "fix": .debugging, "bugfix": .debugging, "bug_fixing": .debugging,
        "design": .architecture, "plan": .architecture, "planning": .architecture, "system_design": .architecture,
    ]
}
