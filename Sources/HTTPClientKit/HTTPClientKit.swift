// HTTPClientKit: HTTP requests over libcurl, for every module that talks to a server.
//
// `HTTPClient` is the door: `send` for a whole answer, `stream` for one that is read piece by piece. `TransferLoop` is
// the one thread of a client, on which all of libcurl runs; `Transfer` is one request on its way, `EasyHandle` the
// handle of libcurl that carries it. `CurlLibrary` opens libcurl with the first request, so that commands without a
// network do not pay for it.
