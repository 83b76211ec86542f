// Workspace: a run's git repository and its worktrees.
