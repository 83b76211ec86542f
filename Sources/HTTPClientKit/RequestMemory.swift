internal import CCurl

/// The memory that libcurl reads a request from while it runs: header lines and body, in one piece.
@safe
final class RequestMemory {
    private var raw = unsafe UnsafeMutableRawBufferPointer(start: nil, count: 0)
    private var used = 0

    deinit {
        unsafe raw.deallocate()
    }

    /// Copies a request's lines and body; the old ones are gone.
    ///
    /// - Returns: The list of lines and the body's first byte, valid until the next call.
    @unsafe
    func fill(
        lines: [String],
        body: [UInt8]
    ) -> (list: UnsafeMutablePointer<curl_slist>, body: UnsafeMutableRawPointer) {
        let nodes = unsafe lines.count * MemoryLayout<curl_slist>.stride
        reserve(nodes + lines.reduce(0) { $0 + $1.utf8.count + 1 } + body.count + 1)
        used = nodes
        let list = unsafe raw.baseAddress.unsafelyUnwrapped.bindMemory(to: curl_slist.self, capacity: lines.count)
        for (index, line) in lines.enumerated() {
            let text = unsafe append(line).assumingMemoryBound(to: CChar.self)
            let next = unsafe index + 1 < lines.count ? list + index + 1 : nil
            unsafe (list + index).initialize(to: curl_slist(data: text, next: next))
        }
        let start = unsafe raw.baseAddress.unsafelyUnwrapped + used
        unsafe body.withUnsafeBytes {
            unsafe start.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(start), byteCount: $0.count)
        }
        return unsafe (list, start)
    }

    /// Gives the memory back once the request is over: many handles have nothing to do most of the time.
    func release() {
        unsafe raw.deallocate()
        unsafe raw = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    }

    private func reserve(_ size: Int) {
        release()
        unsafe raw = .allocate(byteCount: size, alignment: 16)
    }

    /// Copies a text and a NUL behind it.
    @unsafe
    private func append(_ text: String) -> UnsafeMutableRawPointer {
        let place = unsafe raw.baseAddress.unsafelyUnwrapped + used
        var text = text
        let count = text.withUTF8 { bytes in
            unsafe place.copyMemory(
                from: bytes.baseAddress ?? UnsafePointer(place.assumingMemoryBound(to: UInt8.self)),
                byteCount: bytes.count
            )
            return bytes.count
        }
        unsafe place.storeBytes(of: 0, toByteOffset: count, as: UInt8.self)
        used += count + 1
        return unsafe place
    }
}
