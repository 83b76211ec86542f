// Sandbox: commands that nobody vouches for, run so that they reach nothing but their project and never hang.
//
// `Command` and `CommandResult` are what the rest of Drydock sees; `BubblewrapRunner` and `DirectRunner` carry
// them out; `IsolationProbe` says what this machine allows; `Toolchain` is where a command's tools come from.
