// YAMLKit: YAML text as values that know their line, by libyaml.
