// Models: contracts, the calls that answer them, and the built-in model.
//
// A contract is one narrow question: instructions, a typed input, a typed answer whose JSON Schema is made from the
// type, checks that a schema cannot say, and what happens when no usable answer comes. `ContractClient` is the only
// way to ask one. A provider turns a request into text and knows nothing of contracts; `BuiltinModel` is
// the provider that needs no network. Nothing here knows a pipeline, a file system or a sandbox.
