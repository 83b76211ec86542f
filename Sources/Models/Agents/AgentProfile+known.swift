/// The agents that need no configuration, with the options that their makers document for use without a person.
///
/// They work inside of Drydock's sandbox, where nobody can be asked: so their own questions and sandboxes are off when they
/// work on files. For text they get no permission to run or change anything.
extension AgentProfile {
    package static let known = [claude, codex, gemini, copilot]

    package static let claude = {
        let common = ["-p", "--output-format", "json", "--no-session-persistence", "--strict-mcp-config"]
        var profile = AgentProfile(
            name: "claude",
            command: "claude",
            textArguments: common + ["--tools", ""],
            workArguments: common + ["--dangerously-skip-permissions"]
        )
        profile.aliases = ["claude-code", "claude-cli"]
        profile.modelArguments = ["--model", "{model}"]
        profile.answer = AgentAnswerForm(
            member: "result",
            failure: "is_error",
            status: "api_error_status",
            inputTokens: [
                "usage.input_tokens", "usage.cache_read_input_tokens", "usage.cache_creation_input_tokens",
            ],
            cachedTokens: ["usage.cache_read_input_tokens"],
            outputTokens: ["usage.output_tokens"],
            cost: "total_cost_usd"
        )
        profile.credentials = [Credential(".claude/.credentials.json", isWritable: true, member: "claudeAiOauth")]
        profile.environment = ["CLAUDE_CODE_OAUTH_TOKEN"]
        profile.loginVariables = ["CLAUDE_CODE_OAUTH_TOKEN"]
        profile.settings = ["DISABLE_AUTOUPDATER": "1", "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1"]
        profile.billingVariables = ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"]
        profile.loginHint = "claude auth login"
        return profile
    }()

    package static let codex = {
        let common = ["exec", "--skip-git-repo-check", "--ephemeral", "--color", "never"]
        var profile = AgentProfile(
            name: "codex",
            command: "codex",
            textArguments: common + ["--sandbox", "read-only", "-"],
            workArguments: common + ["--dangerously-bypass-approvals-and-sandbox", "-"]
        )
        profile.aliases = ["codex-cli", "openai-codex"]
        profile.modelArguments = ["--model", "{model}"]
        profile.credentials = [Credential(".codex/auth.json", isWritable: true, member: "tokens")]
        profile.billingVariables = ["OPENAI_API_KEY", "CODEX_API_KEY"]
        profile.loginHint = "codex login"
        return profile
    }()

    package static let gemini = {
        let common = ["--output-format", "json", "--approval-mode"]
        var profile = AgentProfile(
            name: "gemini",
            command: "gemini",
            textArguments: common + ["default"],
            workArguments: common + ["yolo"]
        )
        profile.aliases = ["gemini-cli"]
        profile.modelArguments = ["--model", "{model}"]
        profile.answer = AgentAnswerForm(
            member: "response",
            failure: "error",
            inputTokens: ["stats.models.*.tokens.prompt"],
            cachedTokens: ["stats.models.*.tokens.cached"],
            outputTokens: ["stats.models.*.tokens.candidates", "stats.models.*.tokens.thoughts"]
        )
        profile.credentials = [
            Credential(".gemini/oauth_creds.json", isWritable: true, member: "refresh_token"),
            Credential(".gemini/google_accounts.json"),
        ]
        profile.environment = ["GOOGLE_CLOUD_PROJECT"]
        profile.settings = ["GEMINI_CLI_TRUST_WORKSPACE": "true"]
        profile.subscriptionSettings = ["GOOGLE_GENAI_USE_GCA": "true"]
        profile.billingVariables = ["GEMINI_API_KEY", "GOOGLE_API_KEY"]
        return profile
    }()

    package static let copilot = {
        let common = ["-s", "--no-color", "--no-ask-user"]
        var profile = AgentProfile(
            name: "copilot",
            command: "copilot",
            textArguments: common,
            workArguments: common + ["--allow-all-tools"]
        )
        profile.aliases = ["github-copilot-cli", "gh-copilot", "copilot-cli", "github-copilot"]
        profile.modelArguments = ["--model", "{model}"]
        profile.credentials = [Credential(".copilot/config.json", isWritable: true)]
        profile.environment = ["COPILOT_GITHUB_TOKEN"]
        profile.loginVariables = ["COPILOT_GITHUB_TOKEN"]
        profile.settings = ["COPILOT_AUTO_UPDATE": "false"]
        profile.billingVariables = ["COPILOT_PROVIDER_API_KEY", "COPILOT_PROVIDER_BASE_URL", "COPILOT_PROVIDER_TYPE"]
        profile.loginHint = "copilot login"
        return profile
    }()
}
