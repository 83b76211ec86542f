// Core: what every other target may use, and what needs nothing but the toolchain.
//
// Faults and their exit codes, identifiers, project-relative paths, JSON values, digests as plain
// values, the clock and the source of identifiers, redaction of secrets, the executor for blocking
// libraries. Whatever needs a C library lives in a Kit, whatever knows a run lives further up.
