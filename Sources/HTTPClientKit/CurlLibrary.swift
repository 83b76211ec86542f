internal import CCurl

/// libcurl, opened by the first client that needs it and never closed.
@safe
final class CurlLibrary: Sendable {
    /// Older ones cannot end a transfer while a name is being looked up without waiting for the name server.
    private static let oldest: UInt32 = 0x07_57_00

    static let shared: Result<CurlLibrary, HTTPFault> = Result { () throws(HTTPFault) in try CurlLibrary() }

    /// Written once, before anyone else can see it.
    nonisolated(unsafe) let functions: UnsafePointer<shim_curl>

    private init() throws(HTTPFault) {
        let table = UnsafeMutablePointer<shim_curl>.allocate(capacity: 1)
        unsafe table.initialize(to: shim_curl())
        if let missing = unsafe shim_load(table) {
            throw HTTPFault(.noLibrary, place: "libcurl.so.4", detail: unsafe String(cString: missing))
        }
        unsafe functions = UnsafePointer(table)
        guard unsafe table.pointee.global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK else {
            throw HTTPFault(.noLibrary, place: "libcurl.so.4", detail: "its initialization failed")
        }
        guard let version = unsafe table.pointee.version_info(CURLVERSION_FIRST),
            unsafe version.pointee.version_num >= Self.oldest
        else {
            throw HTTPFault(.noLibrary, place: "libcurl.so.4", detail: "it is older than 7.87.0")
        }
    }
}
