// Tests of CommandLineKit.
