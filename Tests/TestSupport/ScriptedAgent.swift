import Core
import Foundation
package import Models

/// A program on a `PATH` of its own that does what a script says, in place of an agent.
///
/// It reads its task as the profile has it, finds out which contract, worker and round that is for, carries out the first
/// entry of the script that fits, and prints its answer in the profile's form.
package struct ScriptedAgent: Sendable {
    /// What the program does when it is asked.
    package enum Action: Sendable {
        case write(String, String, executable: Bool = false)
        case delete(String)
        case link(String, to: String)
        case folder(String)
        /// Writes the environment, the arguments, or the task to a file of the folder; one that begins with `~/` is in the home.
        case dumpEnvironment(String)
        case dumpArguments(String)
        case dumpPrompt(String)
        /// Copies a file below its home into the folder that it works in; `missing` when it is not there.
        case copyHome(String, to: String)
        case writeHome(String, String)
        /// Runs a program and writes its status to a file.
        case run([String], status: String)
        case flood(Int)
        case ignoreTermination
        case sleep(Double)
        /// Leaves a process behind that ignores TERM, is in a session of its own, and has this word among its arguments.
        case fork(String)

        fileprivate var value: JSONValue {
            switch self {
            case .write(let path, let text, let executable):
                ["write", .string(path), .string(text), .bool(executable)]
            case .delete(let path): ["delete", .string(path)]
            case .link(let path, let target): ["link", .string(path), .string(target)]
            case .folder(let path): ["folder", .string(path)]
            case .dumpEnvironment(let path): ["environment", .string(path)]
            case .dumpArguments(let path): ["arguments", .string(path)]
            case .dumpPrompt(let path): ["prompt", .string(path)]
            case .copyHome(let path, let target): ["copy-home", .string(path), .string(target)]
            case .writeHome(let path, let text): ["write-home", .string(path), .string(text)]
            case .run(let argv, let status): ["run", .array(argv.map { .string($0) }), .string(status)]
            case .flood(let count): ["flood", .integer(Int64(count))]
            case .ignoreTermination: ["ignore"]
            case .sleep(let seconds): ["sleep", .number(seconds)]
            case .fork(let word): ["fork", .string(word)]
            }
        }
    }

    /// One entry of a script.
    package struct Entry: Sendable {
        /// A contract's name, or `work` for files; `nil` fits all.
        package var contract: String?
        package var role: String?
        package var round: Int?
        package var actions: [Action]
        /// The answer; `nil` for an empty one.
        package var says: String?
        /// What is printed as it is, in place of an answer in the profile's form.
        package var prints: String?
        package var status: Int

        package init(
            _ contract: String? = nil,
            role: String? = nil,
            round: Int? = nil,
            _ actions: [Action] = [],
            says: String? = nil,
            prints: String? = nil,
            status: Int = 0
        ) {
            self.contract = contract
            self.role = role
            self.round = round
            self.actions = actions
            self.says = says
            self.prints = prints
            self.status = status
        }

        fileprivate var value: JSONValue {
            [
                "contract": contract.map { .string($0) } ?? .null, "role": role.map { .string($0) } ?? .null,
                "round": round.map { .integer(Int64($0)) } ?? .null, "actions": .array(actions.map(\.value)),
                "says": .string(says ?? ""), "prints": prints.map { .string($0) } ?? .null,
                "status": .integer(Int64(status)),
            ]
        }
    }

    package let profile: AgentProfile
    /// The folder of the programs, and the home in which they are logged in.
    package let folder: String

    package var home: String { folder + "/agent-home" }
    package var programs: String { folder + "/agent-bin" }

    /// All variables of a person who has the program on `PATH` and is logged in.
    package var environment: [String: String] {
        ["PATH": programs + ":/usr/local/bin:/usr/bin:/bin", "HOME": home]
    }

    /// Lays the program and the files out that log it in.
    package init(_ profile: AgentProfile, in folder: String, script: [Entry]) throws {
        self.profile = profile
        self.folder = folder
        let files = FileManager.default
        try files.createDirectory(atPath: programs, withIntermediateDirectories: true)
        let program = programs + "/" + profile.command
        try Data(Self.program.utf8).write(to: URL(filePath: program))
        try files.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
        try write(script)
        for credential in profile.credentials {
            let path = home + "/" + credential.path
            try files.createDirectory(
                atPath: URL(filePath: path).deletingLastPathComponent().path,
                withIntermediateDirectories: true
            )
            let text = credential.member.map { #"{"\#($0)": {"token": "t-secret-of-the-test"}}"# } ?? "{}"
            try Data(text.utf8).write(to: URL(filePath: path))
        }
    }

    /// Replaces the script.
    package func write(_ script: [Entry]) throws {
        let value: JSONValue = [
            "prompt": .string(profile.prompt.rawValue), "member": profile.answer.member.map { .string($0) } ?? .null,
            "entries": .array(script.map(\.value)),
        ]
        try Data(value.text.utf8).write(to: URL(filePath: programs + "/" + profile.command + ".json"))
    }

    private static let program = #"""
        #!/usr/bin/env python3
        import json, os, re, shutil, signal, subprocess, sys, time

        with open(os.path.realpath(__file__) + ".json") as file:
            script = json.load(file)
        if "--version" in sys.argv:
            print(os.path.basename(__file__) + " 1.2.3 (scripted)")
            sys.exit(0)
        if sys.stdin.isatty():
            sys.exit("interactive")

        def task():
            if script["prompt"] == "stdin":
                return sys.stdin.read()
            words = " ".join(sys.argv[1:])
            if script["prompt"] == "argument":
                found = re.search(r"whole task is in the file '([^']*)'", words)
                if not found:
                    return next((word for word in sys.argv[1:] if "# Task" in word), words)
                path = found.group(1)
            else:
                path = next(word.split("=")[-1] for word in sys.argv[1:] if word.endswith("task.md"))
            with open(path) as file:
                return file.read()

        prompt = task()
        found = re.search(r"^# Task: (\w+)$", prompt, re.M)
        contract = found.group(1) if found else "work"
        given = {}
        for line in prompt.split("# Input", 1)[-1].splitlines():
            if line.startswith("{"):
                try:
                    given.update(json.loads(line))
                except ValueError:
                    pass
        role, round_ = (given.get("worker") or {}).get("role"), given.get("round")

        def fits(entry):
            wanted = [(entry["contract"], contract), (entry["role"], role), (entry["round"], round_)]
            return all(want is None or want == have for want, have in wanted)

        entry = next((entry for entry in script["entries"] if fits(entry)), None)
        if entry is None:
            sys.exit("the script has nothing for " + contract)

        def put(path, text):
            path = os.path.expanduser(path)
            if os.path.dirname(path):
                os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w") as file:
                file.write(text)

        home = os.environ["HOME"]
        for name, *words in entry["actions"]:
            try:
                if name == "write":
                    put(words[0], words[1])
                    os.chmod(words[0], 0o755 if words[2] else 0o644)
                elif name == "delete":
                    os.remove(words[0])
                elif name == "link":
                    if os.path.lexists(words[0]):
                        os.remove(words[0])
                    os.symlink(words[1], words[0])
                elif name == "folder":
                    os.makedirs(words[0], exist_ok=True)
                elif name == "environment":
                    put(words[0], json.dumps(dict(os.environ), sort_keys=True) + "\n")
                elif name == "arguments":
                    put(words[0], json.dumps(sys.argv[1:]) + "\n")
                elif name == "prompt":
                    put(words[0], prompt)
                elif name == "copy-home":
                    source = os.path.join(home, words[0])
                    put(words[1], open(source).read() if os.path.exists(source) else "missing")
                elif name == "write-home":
                    with open(os.path.join(home, words[0]), "w") as file:
                        file.write(words[1])
                elif name == "run":
                    done = subprocess.run(words[0], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                    put(words[1], str(done.returncode) + "\n")
                elif name == "flood":
                    sys.stderr.write("x" * words[0])
                    sys.stderr.flush()
                elif name == "ignore":
                    signal.signal(signal.SIGTERM, signal.SIG_IGN)
                elif name == "sleep":
                    time.sleep(words[0])
                elif name == "fork":
                    subprocess.Popen(
                        [sys.executable, "-c", "import signal, time; signal.signal(15, 1); time.sleep(600)", words[0]],
                        start_new_session=True,
                    )
            except OSError as error:
                put("failed-" + name, str(error) + "\n")

        if entry["prints"] is not None:
            sys.stdout.write(entry["prints"])
        elif script["member"] == "result":
            print(json.dumps({
                "type": "result", "subtype": "success", "is_error": False, "result": entry["says"],
                "usage": {"input_tokens": 7, "cache_read_input_tokens": 3, "output_tokens": 5}, "total_cost_usd": 0.25,
            }))
        elif script["member"] == "response":
            tokens = {"prompt": 10, "candidates": 4, "cached": 3, "thoughts": 1, "total": 15}
            print(json.dumps({
                "response": entry["says"], "stats": {"models": {"gemini-pro": {"tokens": tokens}}},
            }))
        elif script["member"]:
            print(json.dumps({script["member"]: entry["says"]}))
        else:
            print(entry["says"])
        sys.exit(entry["status"])

        """#
}
