// Core: what every other target may use, and what needs nothing but the toolchain.
//
// Faults and their exit codes, identifiers, project-relative paths, JSON values and schemas, digests as
// plain values, names of projects, the stack and the kind that a description asks for, the clock and the
// source of identifiers, redaction of secrets, the executor for blocking libraries. Whatever needs a
// C library lives in a Kit, whatever knows a run lives further up.
