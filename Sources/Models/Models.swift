// Models: contracts, the calls that answer them, the wire formats of the providers, and the built-in model.
//
// A contract is one narrow question: instructions, a typed input, a typed answer whose JSON Schema is made from the
// type, checks that a schema cannot say, and what happens when no usable answer comes. `ContractClient` is the only
// way to ask one. A provider turns a request into text and knows nothing of contracts; `BuiltinModel` is
// the provider that needs no network. Nothing here knows a pipeline, a file system or a sandbox.
//
// `Wire` holds the four ways in which models are asked over HTTP (OpenAI, Anthropic, Gemini, Ollama) as pure values:
// a request becomes a path, headers and a body; bytes become a reply, streamed or not, or a typed `ProviderFault`.
// `Keys` finds the provider's key, and `HTTP` holds the one thing here that talks to a network: `HTTPModel`.
