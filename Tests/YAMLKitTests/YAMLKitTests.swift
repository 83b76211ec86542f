// Tests of YAMLKit.
