// Tests of HashKit.
