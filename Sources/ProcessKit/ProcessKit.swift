// ProcessKit: child processes, started and watched so that none hangs, leaks or outlives its owner.
//
// `SpawnThread` starts children from one thread that lives as long as the process; `Supervision` watches one
// child from a thread of its own with poll(2); `Subprocess` is the short way for a trusted program such as
// `nix`; `ProcessTable` reads /proc. No call blocks a thread of the cooperative pool.
