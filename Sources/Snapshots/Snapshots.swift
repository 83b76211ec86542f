// Snapshots: finished projects kept as archives or Nix store entries, and given back exactly.
