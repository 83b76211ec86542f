// Commands: one file per command of the command line.
