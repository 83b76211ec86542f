// SeccompKit: the system calls that a sandboxed command is refused, as a filter program for the kernel.
//
// `SyscallFilter` is the list; `FilterProgram` turns it into the bytes that bubblewrap loads, through libseccomp.
