// ProcessKit: child processes and the kernel calls around them.
