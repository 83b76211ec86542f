// Tests of ProcessKit.
