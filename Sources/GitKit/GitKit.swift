// GitKit: libgit2 as Swift values; no pointer and no git program leaves or enters here.
