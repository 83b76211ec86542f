import Core
import Foundation
import Models
import TestSupport

/// The settings that concern models: seen by what a scripted one is asked.
extension SettingEffect {
    static let models = [
        SettingEffect(setting: "offline", value: "on", usually: "unreachable", then: "not asked at all") { program in
            try program.configure("config.yaml", "providers: {far: {url: 'http://far.invalid/v1', model: m}}\n")
            let providers = try await program.run("models", "status", "--json").json()["providers"]?.array ?? []
            let far = providers.first { $0["provider"] == "far" }
            return far?["state"]?.string ?? "not asked at all"
        },
        SettingEffect(setting: "agentBilling", value: "allow", usually: "unavailable", then: "available") { program in
            let profile = AgentProfile.known.first { $0.name == "claude" }
            guard let profile else { return "unknown" }
            let agent = try ScriptedAgent(profile, in: program.home.path + "-agents", script: [])
            try? FileManager.default.removeItem(atPath: agent.home)
            var program = program
            program.environment.merge(agent.environment) { _, new in new }
            program.environment["ANTHROPIC_API_KEY"] = "sk-of-a-test-0123456789"
            let statuses = try await program.run("agents", "--json").json().array ?? []
            let claude = statuses.first { $0["name"] == "claude" }
            return claude?["reason"]?.string == nil ? "available" : "unavailable"
        },
        answer("answers.temperature", "0.5", "temperature", usually: "0", then: "0.5"),
        answer("answers.maxTokens", "77", "max_completion_tokens", "max_tokens", usually: "none", then: "77"),
        answer("answers.seed", "5", "seed", usually: "0", then: "5"),
        budget("budget.usd", "0.0001"),
        budget("budget.tokens", "500"),
        budget("budget.calls", "1"),
        budget("budget.agents", "1"),
        budget("budget.wallClock", "1s"),
    ]

    /// A member of the request that a question makes.
    private static func answer(
        _ setting: String,
        _ value: String,
        _ members: String...,
        usually: String,
        then: String
    ) -> SettingEffect {
        SettingEffect(setting: setting, value: value, usually: usually, then: then) { program in
            let vendor = try ScriptedVendor { _ in VendorAnswer(#"{"answer":"yes"}"#) }
            try configure(vendor, program)
            _ = try await program.run("test-agent", "scripted/scripted", "Well?")
            let asked = vendor.server.requests.last { $0.method == "POST" }
            let body = try JSONValue(parsing: asked?.body ?? [])
            return members.lazy.compactMap { body[$0]?.text }.first ?? "none"
        }
    }

    /// The state of a run whose model takes its time and has its price.
    private static func budget(_ setting: String, _ value: String) -> SettingEffect {
        SettingEffect(setting: setting, value: value, usually: "completed", then: "parked") { program in
            let vendor = try ScriptedVendor { question in
                if question.contract == PlanContract.name { Thread.sleep(forTimeInterval: 1.2) }
                return ScriptedProject.answer(question)
            }
            try configure(vendor, program)
            let outcome = try await program.run(
                "new",
                ScriptedProject.description,
                "--into",
                "out-\(UUID())",
                "--model",
                "scripted/scripted",
                "--json"
            )
            return try outcome.json()["state"]?.string ?? outcome.errors
        }
    }

    private static func configure(_ vendor: ScriptedVendor, _ program: Program) throws {
        let price = "prices: {scripted: {input: 1, output: 1}}"
        let url = vendor.server.url + "/v1"
        try program.configure("config.yaml", "providers: {scripted: {url: '\(url)', \(price)}}\n")
    }
}
