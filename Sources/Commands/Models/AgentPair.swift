internal import Core
internal import Models
internal import Settings

/// Two agents that write the same files side by side, as a person names them: `claude+codex`, or `dual` for these two.
enum AgentPair {
    /// The word for the two agents that are asked side by side most.
    static let word = "dual"

    private static let standard = ["claude", "codex"]

    /// What a person wants asked, with pairs taken apart.
    struct Choice {
        /// For every question, the first choice first.
        let standard: [String]
        let roles: [String: [String]]
        /// The two that write files side by side; empty for one after the other.
        let pair: [String]
        /// The pair that is named for every question, whoever writes.
        private let own: [String]?

        /// All pairs that are named, whether they write or not.
        var pairs: [[String]] {
            let both = [pair] + (own.map { Set($0) == Set(pair) ? [] : [$0] } ?? [])
            return both.filter { !$0.isEmpty }
        }

        /// - Throws: ``UnknownModel`` for a pair of which one is no agent, or that is named where nobody writes files.
        init(_ text: String, _ routes: RouteSettings, of agents: AgentDirectory) throws(UnknownModel) {
            let own = try AgentPair.names(in: text, of: agents)
            let writers = routes.roles[GenerateContract.name]
            let first = try writers?.first.flatMap { name throws(UnknownModel) in
                try AgentPair.names(in: name, of: agents)
            }
            let others = routes.roles.filter { $0.key != GenerateContract.name }.values.flatMap { $0 }
            for name in others + routes.fallback + (writers ?? []).dropFirst()
            where try AgentPair.names(in: name, of: agents) != nil {
                throw UnknownModel(text: name, reason: "two agents side by side only write files: \(AgentPair.place)")
            }
            standard = own ?? [text]
            var roles = routes.roles
            if let writers, let first { roles[GenerateContract.name] = first + writers.dropFirst() }
            self.roles = roles
            pair = (writers == nil ? own : first) ?? []
            self.own = own
        }

        /// What a person should know of a pair that does not write, or not as two.
        func notices(of table: RouteTable) -> [String] {
            pairs.filter { $0 != pair || table.pair.isEmpty }.map { names in
                let reason = names == pair ? "one cannot be used" : "'routes.generate' says who writes"
                return "'\(names.joined(separator: "+"))' do not write side by side: \(reason)"
            }
        }
    }

    private static let place = "name them with '--model', as 'model', or as the first of 'routes.generate'"

    /// The names of a pair's agents; `nil` for a text that names no pair.
    private static func names(in text: String, of agents: AgentDirectory) throws(UnknownModel) -> [String]? {
        if text == word { return standard }
        let names = text.split(separator: "+", omittingEmptySubsequences: false).map { String($0).trimmed }
        // A model's name may hold the sign, too.
        let isAgent = names.map { name in agents.named(String(name.prefix { $0 != "/" })) != nil }
        guard names.count > 1, isAgent.contains(true) else { return nil }
        guard names.count == 2 else {
            throw UnknownModel(text: text, reason: "two agents can write side by side, not \(names.count)")
        }
        if let wrong = zip(names, isAgent).first(where: { !$0.1 })?.0 {
            throw UnknownModel(text: text, reason: "'\(wrong.printable)' is no agent")
        }
        return names
    }
}
