// YAMLKit: a Swift face for libyaml that reads the small part of YAML that Drydock's files need.
//
// UTF-8 text becomes a tree of nodes that know their file, line and column, so that whoever decodes
// them can point at a mistake. Refused: aliases, anchors and tags, more than one document, duplicate
// keys, keys that are not text, text over a size, trees over a depth. Nothing else sees libyaml.
