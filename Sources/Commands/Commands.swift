// Commands: one file per command of the command line.
//
// A command reads its options, calls the engine or a store, and renders. `Output/` holds what all of them
// say things with (streams, colours, tables, errors), `Progress/` the live view of a run.
