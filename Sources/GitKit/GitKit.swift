// GitKit: libgit2 as Swift values; no pointer and no git program leaves or enters here.
//
// libgit2 keeps objects, references, the index file and merges. Everything that touches a working
// tree (the walk, the ignore rules, writing files out) is Swift, because the tree is hostile: it may
// hold symbolic links, pipes, nested repositories, filter settings and names that no one expects.
// For that reason repositories are opened as if they were bare, so that libgit2 never opens a file
// of the tree, applies no filter, runs no hook and starts no program.
