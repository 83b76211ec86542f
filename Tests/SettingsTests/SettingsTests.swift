import Core
import Foundation
import Settings
import TestSupport
import Testing

@Suite("Settings", .tags(.medium), .temporaryDirectory)
struct SettingsTests {
    private func file(_ name: String, _ text: String) throws -> String {
        let url = TemporaryDirectory.current.appending(path: name)
        try Data(text.utf8).write(to: url)
        return url.path
    }

    @Test("take the strongest layer, and say which it was")
    func layers() throws {
        let project = try file("project.yaml", "pipeline: project\nmodel: builtin\nchat: {rounds: 5}\n")
        let user = try file("user.yaml", "# mine\npipeline: user\nchat:\n  rounds: 6\nfix:\n  attempts: 3\n")
        let system = try file("system.yaml", "pipeline: system\nfix:\n  attempts: 9\nlimits:\n  memory: 2GiB\n")
        let settings = try Settings(
            flags: [SettingFlag(SettingKeys.pipeline, "flag", flag: "--pipeline")].compactMap(\.self),
            environment: ["DRYDOCK_PIPELINE": "variable", "DRYDOCK_CHAT_ROUNDS": "7", "DRYDOCK_MODEL": ""],
            files: [project, user, system]
        )
        #expect(settings[SettingKeys.pipeline] == "flag")
        #expect(settings.origin(of: SettingKeys.pipeline) == .flag("--pipeline"))
        #expect(settings[SettingKeys.chatRounds] == 7)
        #expect(settings.origin(of: SettingKeys.chatRounds) == .variable("DRYDOCK_CHAT_ROUNDS"))
        #expect(settings[SettingKeys.model] == "builtin")
        #expect(settings.origin(of: SettingKeys.model) == .file(path: project, line: 2))
        #expect(settings[SettingKeys.fixAttempts] == 3)
        #expect(settings.origin(of: SettingKeys.fixAttempts) == .file(path: user, line: 6))
        #expect(settings[SettingKeys.memory] == 2 << 30)
        #expect(settings.origin(of: SettingKeys.memory).description == "\(system):5")
        #expect(settings[SettingKeys.crewWidth] == nil)
        #expect(settings.origin(of: SettingKeys.crewWidth) == .default)
    }

    @Test("have a default that each key accepts, and a variable of their own")
    func declarations() {
        for key in SettingKeys.all {
            #expect(key.accepts(key.defaultText), "\(key.name)")
            #expect(!key.help.isEmpty && key.help.hasSuffix("."), "\(key.name)")
        }
        #expect(Set(SettingKeys.all.map { $0.variable }).count == SettingKeys.all.count)
        #expect(SettingKeys.wallClock.variable == "DRYDOCK_LIMITS_WALL_CLOCK")
    }

    @Test("are the defaults where there is nothing")
    func empty() throws {
        let missing = TemporaryDirectory.current.appending(path: "none.yaml").path
        let settings = try Settings(environment: [:], files: [missing, try file("empty.yaml", "# nothing\n")])
        #expect(settings[SettingKeys.snapshotBackend] == .archive)
        #expect(settings[SettingKeys.wallClock] == 1_200)
        #expect(settings.text(of: SettingKeys.wallClock) == "20m")
        #expect(settings[SettingKeys.retentionDays] == 90)
    }

    private static let form = "docs/configuration.md shows the form of the file"

    @Test(
        "refuse a file with a mistake, with its place and a way out",
        arguments: [
            ("pipelin: crew", "1:1: there is no setting 'pipelin'", "did you mean 'pipeline'?"),
            (
                "snapshot:\n  backnd: nix", "2:3: there is no setting 'snapshot.backnd'",
                "did you mean 'snapshot.backend'?"
            ),
            ("a: 1\nb", "3:1: while scanning", form),
            ("- pipeline", "1:1: this must be a mapping of keys to values, not a list", form),
            ("snapshot: nix", "1:11: this must be a mapping of keys to values, not 'nix'", form),
            ("pipeline: [a]", "1:11: this must be text, not a list", form),
        ]
    )
    func mistakes(text: String, message: String, hint: String) throws {
        let path = try file("config.yaml", text)
        let error = #expect(throws: SettingsError.self) { try Settings(environment: [:], files: [path]) }
        let found = try #require(error)
        #expect(found.description.hasPrefix("\(path):\(message)"), "\(found.description)")
        #expect(found.hint == hint)
        #expect(found.kind.exitStatus == 3)
    }

    @Test(
        "refuse a value of the wrong type, in every layer",
        arguments: [
            ("fix: {attempts: many}", "fix.attempts", "many", "a whole number from 0 to 20"),
            ("fix: {attempts: 21}", "fix.attempts", "21", "a whole number from 0 to 20"),
            ("snapshot: {backend: zip}", "snapshot.backend", "zip", "one of archive, nix"),
            ("limits: {memory: 4 GB}", "limits.memory", "4 GB", "an amount such as 512KiB, 256MiB or 4GiB"),
            (
                "limits: {wallClock: 0}", "limits.wallClock", "0",
                "a length of time such as 90s, 10m, 2h or 1d, at most 36500d"
            ),
            (
                "limits: {wallClock: 99999999999999999d}", "limits.wallClock", "99999999999999999d",
                "a length of time such as 90s, 10m, 2h or 1d, at most 36500d"
            ),
            (
                "budget: {wallClock: 9223372036854775807}", "budget.wallClock", "9223372036854775807",
                "none, or a length of time such as 90s, 10m, 2h or 1d, at most 36500d"
            ),
            ("chat: {rounds: 0}", "chat.rounds", "0", "auto, or a whole number from 1 to 20"),
            ("pipeline: \"a\\nb\"", "pipeline", "a\nb", "one line of text"),
            ("pipeline: \"\"", "pipeline", "", "one line of text"),
        ]
    )
    func types(text: String, key: String, value: String, expectation: String) throws {
        let path = try file("config.yaml", text)
        let error = #expect(throws: SettingsError.self) { try Settings(environment: [:], files: [path]) }
        let origin = SettingOrigin.file(path: path, line: 1)
        #expect(error == .invalidValue(key: key, value: value, origin: origin, expectation: expectation))
        let declared = try #require(SettingKeys.all.first { $0.name == key })
        if !value.isEmpty {
            let error = #expect(throws: SettingsError.self) {
                try Settings(environment: [declared.variable: value], files: [])
            }
            #expect(error?.hint == "give \(expectation)")
        }
    }

    @Test("refuse a file that is none, without waiting for it")
    func specialFile() throws {
        let path = TemporaryDirectory.current.appending(path: "pipe").path
        let status = unsafe mkfifo(path, 0o600)
        #expect(status == 0)
        let error = #expect(throws: SettingsError.self) { try Settings(environment: [:], files: [path]) }
        #expect(error == .unreadable(path, reason: "it is no regular file"))
    }

    @Test("name the variables that mean nothing to them")
    func unknownVariables() throws {
        let environment = ["DRYDOCK_HOME": "/x", "DRYDOCK_PIPLINE": "x", "DRYDOCK_MODEL": "auto", "OTHER": "x"]
        #expect(try Settings(environment: environment, files: []).unknownVariables == ["DRYDOCK_PIPLINE"])
    }
}

@Suite("Quantities", .tags(.small))
struct QuantityTests {
    @Test("are a number and a unit")
    func parse() {
        #expect(Quantity.seconds("90") == 90)
        #expect(Quantity.seconds("2h") == 7_200)
        #expect(Quantity.seconds("4w") == 2_419_200)
        #expect(Quantity.bytes("1KiB") == 1_024)
        #expect(Quantity.bytes("1MB") == 1_000_000)
        #expect(Quantity.bytes("7B") == 7)
        for text in ["", "h", "-1h", "1.5h", "1 h", "١h", "9223372036854775807h", "0x1h"] {
            #expect(Quantity.seconds(text) == nil, "\(text)")
        }
    }
}

@Suite("Folders", .tags(.small))
struct FoldersTests {
    @Test("lie below DRYDOCK_HOME when it is set")
    func home() throws {
        let folders = try Folders(environment: ["DRYDOCK_HOME": "/dock/", "XDG_CONFIG_HOME": "/x"])
        let own = [folders.configuration, folders.state, folders.cache, folders.snapshots, folders.runs]
        #expect(own == ["/dock/config", "/dock/state", "/dock/cache", "/dock/snapshots", "/dock/runs"])
        #expect(try Folders(environment: ["DRYDOCK_HOME": "d"], currentFolder: "/here").state == "/here/d/state")
    }

    @Test("follow XDG, whose variables count only when absolute")
    func xdg() throws {
        let environment = ["HOME": "/home/ann", "XDG_CONFIG_HOME": "/c", "XDG_CACHE_HOME": "relative"]
        let folders = try Folders(environment: environment)
        #expect(folders.configuration == "/c/drydock")
        #expect(folders.cache == "/home/ann/.cache/drydock")
        #expect(folders.state == "/home/ann/.local/state/drydock")
        #expect(folders.runs == "/home/ann/.local/state/drydock/runs")
        #expect(folders.snapshots == "/home/ann/.local/share/drydock/snapshots")
    }

    @Test("list the configuration files from the strongest to the weakest")
    func files() throws {
        let folders = try Folders(environment: ["DRYDOCK_HOME": "/dock"])
        #expect(
            folders.configurationFiles(project: "/p") == [
                "/p/.drydock/config.yaml", "/dock/config/config.yaml", "/etc/drydock/config.yaml",
            ]
        )
        #expect(folders.configurationFiles(project: nil).count == 2)
    }

    @Test("are nowhere without a home")
    func nowhere() {
        #expect(throws: SettingsError.noHome) { try Folders(environment: [:]) }
        #expect(SettingsError.noHome.kind.exitStatus == 3)
    }
}
