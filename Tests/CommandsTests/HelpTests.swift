import CommandLineKit
import Commands
import TestSupport
import Testing

@Suite("The program's help", .tags(.small))
struct HelpTests {
    private func text(_ words: String...) throws -> String {
        guard case .text(let text) = try Drydock.parseAsRoot(words) else {
            throw ValidationError("not a text", hint: "ask for help")
        }
        return text
    }

    @Test("lists every command in its section")
    func root() throws {
        let expected = """
            Describe a project; Drydock builds it in a sandbox, checks it, and keeps it.

            Usage: drydock COMMAND

            Build:
              new  Build, check and keep a project from its description.

            Runs:
              runs    List the runs, newest first.
              show    Show a run: what came of it, and each of its steps.
              watch   Show a run's events from the beginning, and go on until it ends.
              pause   Let a run stop before its next step; 'resume' goes on.
              resume  Go on with a run that was paused or parked, or whose process died.
              cancel  End a run, and whatever it is doing, for good.
              retry   Begin an ended run anew, with the same description, guides and pipeline.
              replay  Check that an ended run can be followed again from its journal alone.

            Snapshots:
              snapshots  List the snapshots, newest first.
              restore    Give a snapshot back in a new folder: same contents, modes, links and history.
              verify     Check snapshots and journals against their hashes, every byte.
              prune      Remove snapshots by rule, and what old runs stored.
              diff       Show how the trees of two snapshots differ.

            Knowledge:
              guides     Show the stacks that can be built, one guide each.
              flakes     Show the toolchains for Nix, one flake each.
              pipelines  Show the pipelines that a run can follow.
              skills     Show short pieces of advice for workers.

            Models:
              models      Show which models there are, and fetch or remove local ones.
              agents      Show which agent programs can be used here, or why not.
              test-agent  Ask a model or an agent one question, to see whether it answers.

            This machine:
              doctor      Try every part of Drydock on this machine, with a remedy for each finding.
              config      Show what is configured, and where.
              trust       Let the .drydock folder of a project count, or no more.
              completion  Print a completion script for bash, zsh or fish.

            Options:
              -h, --help     Show this help.
                  --version  Show the version.

            'drydock help COMMAND' says more of a command.
            """
        #expect(try text("--help") == expected)
    }

    @Test("of new shows examples first, and every choice with its values")
    func new() throws {
        let expected = """
            Build, check and keep a project from its description.

            Usage: drydock new [OPTIONS] [DESCRIPTION]

            Examples:
              drydock new "a command line tool in Rust that counts the words of a file"
                  Make it in a folder named after its title.
              drydock new - --into notes <description.txt
                  Read the description from a file.
              drydock new --json "a Go library for roman numbers"
                  One JSON object, for a script.

            Arguments:
              DESCRIPTION  What to build, in ordinary words; '-' reads it from standard input.

            Options:
              -o, --into FOLDER      Where the result goes. (default: a folder named after the title)
                  --pipeline NAME    The pipeline to follow.
                  --model MODEL      What plans and writes: PROVIDER/MODEL, a provider, an agent, or builtin.
                  --offline          Reach nothing beyond this machine.
                  --toolchain LEVEL  Where compilers come from. (auto, nix, host-flake, host)
                  --isolation HOW    What keeps commands apart from this machine. (bubblewrap, none)
                  --snapshot WHERE   Where the snapshot is kept. (archive, nix)
                  --record FILE      Write all calls and answers to a file.

            Budget:
                  --budget USD     What the model calls of the run may cost; it waits when they would cost more.
                  --max-tokens N   How many tokens it may use.
                  --max-calls N    How many calls of models it may make.
                  --max-time TIME  How long it may be driven, such as 30m.
                  --max-agents N   How many workers may take part.

            Recordings:
                  --playback FILE  Take all answers from a recording, without a network.
                  --replay RUN     Take all answers from the journal of a run.

            Output:
                  --json        Print the result as JSON.
                  --color WHEN  Colours: in any case, never, or on terminals that know them. (auto, always,
                                never)
              -q, --quiet       Say nothing but results and errors.
              -h, --help        Show this help.

            Ends with 0 when the project was made and its checks passed. Interrupt once to cancel the run, twice
            to stop at once; what was terminated or killed goes on with 'drydock resume'.
            """
        #expect(try text("new", "--help") == expected)
    }

    @Test("is there for every command, ends in full stops, and fits a line")
    func everyCommand() throws {
        func check(_ path: [String], _ command: any ParsableCommand.Type) throws {
            guard case .text(let text) = try Drydock.parseAsRoot(path + ["--help"]) else { return }
            let lines = text.split(separator: "\n")
            #expect(lines.first?.last == ".", "\(path)")
            #expect(text.contains("Usage: drydock"), "\(path)")
            #expect(lines.allSatisfy { $0.count <= 100 }, "\(path)")
            for subcommand in command.configuration.subcommands {
                try check(path + [subcommand.name], subcommand)
            }
        }
        try check([], Drydock.self)
    }
}
