// SeccompKit: seccomp filters as bytes, by libseccomp.
