internal import Core
internal import Engine
internal import HTTPClientKit
internal import Journal
internal import Models
internal import Sandbox
internal import Settings
internal import Snapshots
internal import Warehouse

/// What `doctor` looks at, part by part.
struct Examination: Sendable {
    let surroundings: Surroundings
    let settings: Settings

    func findings() async -> [Finding] {
        var findings = await machine()
        findings += libraries()
        findings += [settingsFinding()] + variables() + project()
        findings.append(await journal())
        findings += await snapshots()
        findings += knowledge()
        findings += await models()
        return findings
    }

    /// A project's own folder that does not count.
    private func project() -> [Finding] {
        do {
            guard case .untrusted = try surroundings.trust.standing(of: surroundings.currentFolder) else { return [] }
            let folder = surroundings.currentFolder + "/" + ProjectTrust.folderName
            return [.warning("project", "\(folder) is ignored", "look at it, then call 'drydock trust'")]
        } catch {
            return [.warning("project", "\(error)", "remove what does not belong there")]
        }
    }

    /// Kernel, sandbox, limits, Nix, disk and the tools of every stack.
    private func machine() async -> [Finding] {
        do {
            let nixpkgs = settings[SettingKeys.nixpkgs]
            let inspection = MachineInspection(
                stateFolder: surroundings.folders.state,
                cacheFolder: surroundings.folders.cache,
                environment: surroundings.environment,
                hostFlake: try hostFlake(),
                nixpkgs: nixpkgs == "auto" ? nil : nixpkgs,
                isOffline: settings[SettingKeys.offline] == .on,
                stacks: surroundings.warehouse().guides.usable().map {
                    MachineReport.Stack(name: $0.name, tools: $0.tools, packages: $0.debianPackages)
                }
            )
            return await inspection.report().findings.map { Finding($0) }
        } catch {
            return [.problem("machine", error)]
        }
    }

    /// The libraries that are opened when they are first needed; without the others nothing would print this.
    private func libraries() -> [Finding] {
        var findings = [
            library("libgit2") { try SnapshotStore.checkGitLibrary() },
            library("libarchive") { try SnapshotStore.checkArchiveLibrary() },
        ]
        do {
            try HTTPClient.checkLibrary()
            findings.append(.ok("library", "libcurl can be opened"))
        } catch {
            // Runs with the built-in model go on.
            findings.append(.warning("library", "\(error)", error.hint))
        }
        return findings
    }

    private func library(_ name: String, _ check: () throws -> Void) -> Finding {
        do {
            try check()
            return .ok("library", "\(name) can be opened")
        } catch {
            return .problem("library", error)
        }
    }

    func settingsFinding() -> Finding {
        do {
            _ = try surroundings.settings()
            let files = surroundings.configurationFiles
            let there = files.filter(FileSystem.exists)
            let missing = files.filter { !there.contains($0) }.joined(separator: ", ")
            guard !there.isEmpty else { return .ok("settings", "the defaults; there is no \(missing)") }
            return .ok("settings", there.joined(separator: ", ") + (missing.isEmpty ? "" : "; there is no \(missing)"))
        } catch {
            return .problem("settings", error)
        }
    }

    private func variables() -> [Finding] {
        settings.unknownVariables.map { variable in
            .warning("settings", "the variable \(variable) means nothing", "'drydock config show' lists the settings")
        }
    }

    private func journal() async -> Finding {
        do {
            guard let store = try await surroundings.existingJournal() else {
                return .ok("journal", "no runs yet")
            }
            let runs = try await store.runs(limit: nil, before: nil)
            return .ok("journal", Amounts.count(runs.count, "run"))
        } catch {
            return .problem("journal", error)
        }
    }

    private func snapshots() async -> [Finding] {
        guard FileSystem.exists(surroundings.folders.snapshots) else { return [.ok("snapshots", "none yet")] }
        do {
            let (records, damages) = try await surroundings.snapshots.contents()
            let damaged = damages.map { Finding.problem("snapshots", SnapshotError.damaged($0)) }
            return damaged + [.ok("snapshots", Amounts.count(records.count, "snapshot"))]
        } catch {
            return [.problem("snapshots", error)]
        }
    }

    private func knowledge() -> [Finding] {
        let warehouse = surroundings.warehouse()
        let faults =
            warehouse.guides.lint() + warehouse.flakes.lint() + warehouse.pipelines.lint() + warehouse.skills.lint()
        return faults.map { .warning("knowledge", $0.description, $0.hint) }
    }

    /// Each provider that a run could ask, and what a new run would ask.
    private func models() async -> [Finding] {
        var findings: [Finding] = []
        do {
            let desk = try ModelDesk(surroundings, settings)
            let catalogue = try await desk.catalogue(of: nil)
            for entry in catalogue.entries {
                guard let error = entry.error else {
                    findings.append(.ok("provider", "\(entry.provider): \(Amounts.count(entry.models.count, "model"))"))
                    continue
                }
                let isChosen = desk.directory.named(entry.provider)?.isChosen == true
                guard isChosen else { continue }
                let remedy = "check its key and its URL; 'drydock models status' asks again"
                findings.append(.warning("provider", "\(entry.provider): \(error)", remedy))
            }
            return findings + [model(try await desk.plan(knowing: catalogue).table.first ?? BuiltinModel.identity)]
        } catch {
            // What was found of the providers is what mends it.
            return findings + [.problem("model", error)]
        }
    }

    private func model(_ model: ModelIdentity) -> Finding {
        guard model == BuiltinModel.identity else { return .ok("model", "a new run asks '\(model)'") }
        return .warning(
            "model",
            "only 'builtin', which makes verified starters by rule",
            "to have written what you describe, set a provider's key in the environment, or start Ollama"
        )
    }

    private func hostFlake() throws -> FlakeSource {
        let flake = try surroundings.warehouse().flakes.named("host")
        return .builtIn(name: "host", text: flake.files["flake.nix"]?.text ?? "")
    }
}

extension Finding {
    /// What was found of the machine, with the status that a run would end with.
    init(_ finding: MachineReport.Finding) {
        let kind: FaultKind =
            switch finding.name {
            case "disk": .diskFull
            case "state folder": .configuration
            default: .sandboxUnavailable
            }
        self.init(
            subject: finding.name,
            status: Status(finding.status),
            message: finding.detail,
            remedy: finding.remedy,
            exitCode: finding.status == .problem ? kind.exitStatus : 0
        )
    }
}

extension Finding.Status {
    fileprivate init(_ status: MachineReport.Status) {
        self =
            switch status {
            case .ok: .ok
            case .warning: .warning
            case .problem: .problem
            }
    }
}
