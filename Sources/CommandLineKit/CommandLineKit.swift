// CommandLineKit: command lines declared as types with wrapped properties, and the terminal below them.
//
// One declaration gives the parser, the help text and the completion scripts of bash, zsh and fish. The
// names are those of the package swift-argument-parser as far as they go. The rest is the process's own
// edge: its argument words, its standard streams, its terminal and its signals.
