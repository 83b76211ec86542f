// Sandbox: commands, their isolation, their toolchain and their limits.
