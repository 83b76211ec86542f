// CommandLineKit: command lines declared as types with wrapped properties.
