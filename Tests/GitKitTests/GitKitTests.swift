// Tests of GitKit.
