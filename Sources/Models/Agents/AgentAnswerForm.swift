import Core

/// Where in what an agent prints its answer is.
///
/// Places are names of members with dots between them; `*` stands for every member, and numbers found by it add up.
package struct AgentAnswerForm: Codable, Sendable, Hashable {
    /// The member of the printed JSON object that holds the text; `nil` when all that is printed is the text.
    package var member: String?
    /// A member that is there, and is neither false nor null, when the agent failed.
    package var failure: String?
    /// The HTTP status with which the agent's service refused.
    package var status: String?
    package var inputTokens: [String]
    package var cachedTokens: [String]
    package var outputTokens: [String]
    /// In US dollars.
    package var cost: String?

    package init(
        member: String? = nil,
        failure: String? = nil,
        status: String? = nil,
        inputTokens: [String] = [],
        cachedTokens: [String] = [],
        outputTokens: [String] = [],
        cost: String? = nil
    ) {
        self.member = member
        self.failure = failure
        self.status = status
        self.inputTokens = inputTokens
        self.cachedTokens = cachedTokens
        self.outputTokens = outputTokens
        self.cost = cost
    }

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case member, failure, status, inputTokens, cachedTokens, outputTokens, cost
    }

    /// What a configuration may say of an agent's answer.
    package static let memberNames = CodingKeys.allCases.map(\.rawValue)

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            member: try members.decodeIfPresent(String.self, forKey: .member),
            failure: try members.decodeIfPresent(String.self, forKey: .failure),
            status: try members.decodeIfPresent(String.self, forKey: .status),
            inputTokens: try members.decodeIfPresent([String].self, forKey: .inputTokens) ?? [],
            cachedTokens: try members.decodeIfPresent([String].self, forKey: .cachedTokens) ?? [],
            outputTokens: try members.decodeIfPresent([String].self, forKey: .outputTokens) ?? [],
            cost: try members.decodeIfPresent(String.self, forKey: .cost)
        )
    }

    var problems: [String] {
        let usesMembers = failure != nil || status != nil || cost != nil || !(inputTokens + outputTokens).isEmpty
        return member == nil && usesMembers ? ["'answer' reads members, and has no 'member' for the text"] : []
    }
}

/// What an agent's output says.
package struct AgentAnswer: Codable, Sendable, Hashable {
    /// Without the white space around it; empty when the agent said nothing.
    package var text: String
    package var usage: Usage

    package init(text: String, usage: Usage) {
        self.text = text
        self.usage = usage
    }
}

extension AgentAnswerForm {
    /// Reads an answer out of what was printed.
    ///
    /// - Parameters:
    ///   - output: All of the standard output.
    ///   - isWhole: Whether nothing of it was dropped.
    /// - Returns: The answer; its text may be empty.
    /// - Throws: ``ProviderFault`` when the output is not in this form, or says that the agent failed.
    package func read(_ output: String, isWhole: Bool = true) throws(ProviderFault) -> AgentAnswer {
        guard isWhole else { throw ProviderFault(.tooLarge, "more than \(output.utf8.count) bytes") }
        guard let member else {
            let text = ProgramOutput.plain(output)
            return AgentAnswer(text: text.trimmed, usage: .zero)
        }
        let object = try object(in: output)
        try refuse(object, text: object.values(at: member).first?.string ?? "")
        let text = object.values(at: member).first?.string ?? ""
        return AgentAnswer(text: text.trimmed, usage: usage(of: object))
    }

    private func object(in output: String) throws(ProviderFault) -> JSONValue {
        do {
            return try JSONValue(parsing: output)
        } catch {
            // Notices of the program itself may stand before or behind the object.
            guard let object = try? AnswerText.object(in: output) else {
                let shown = ProgramOutput.lastLines(of: output, count: 3).joined(separator: " ")
                throw ProviderFault(.malformed, shown.isEmpty ? "it printed nothing" : "it printed: \(shown)")
            }
            return object
        }
    }

    private func refuse(_ object: JSONValue, text: String) throws(ProviderFault) {
        guard let failure, let value = object.values(at: failure).first, value != .null, value != .bool(false) else {
            return
        }
        let status = status.flatMap { object.values(at: $0).first?.integer }.flatMap { Int(exactly: $0) }
        let said = value["message"]?.string ?? value.string ?? text
        throw ProviderFault(status.map { ProviderFault.Reason(status: $0) } ?? .server, said, status: status)
    }

    private func usage(of object: JSONValue) -> Usage {
        func sum(_ places: [String]) -> Int {
            places.flatMap { object.values(at: $0) }.reduce(0) { sum, value in
                let count = Int(clamping: max(0, value.integer ?? 0))
                return sum.addingReportingOverflow(count).overflow ? .max : sum + count
            }
        }
        return Usage(
            inputTokens: sum(inputTokens),
            outputTokens: sum(outputTokens),
            costUSD: cost.flatMap { object.values(at: $0).first?.amount } ?? 0,
            cachedInputTokens: sum(cachedTokens)
        )
    }
}

extension JSONValue {
    /// A number that is not negative, whole or not.
    fileprivate var amount: Double? {
        switch self {
        case .integer(let value): max(0, Double(value))
        case .number(let value): max(0, value)
        default: nil
        }
    }

    /// The values at a place such as `stats.models.*.tokens`; `*` stands for every member.
    fileprivate func values(at place: String) -> [JSONValue] {
        place.split(separator: ".").reduce([self]) { values, name in
            values.flatMap { value -> [JSONValue] in
                guard name == "*" else { return [value[String(name)]].compactMap { $0 } }
                return (value.object ?? [:]).sorted { $0.key < $1.key }.map(\.value)
            }
        }
    }
}
