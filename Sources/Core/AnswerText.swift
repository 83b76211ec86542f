/// Why a model's text does not hold the one JSON object that was asked for.
package enum AnswerTextError: ReportableError, Equatable {
    case empty
    case tooLong(bytes: Int)
    case noObject
    case notAnObject
    case truncated(String)
    case malformed(String)
    case several(count: Int)

    package var kind: FaultKind { .failed }
    package var failureClass: FailureClass { .contract }

    package var description: String {
        switch self {
        case .empty: "the answer is empty"
        case .tooLong(let bytes): "the answer has \(bytes) bytes, more than \(AnswerText.sizeLimit)"
        case .noObject: "the answer holds no JSON object"
        case .notAnObject: "the answer is JSON, but not an object"
        case .truncated(let place): "the answer was cut off: \(place)"
        case .malformed(let place): "the answer is not valid JSON: \(place)"
        case .several(let count): "the answer holds \(count) JSON objects, but exactly one is expected"
        }
    }
}

/// Finds the one JSON object in what a model wrote.
///
/// A fence or prose around the object is tolerated, since all models write it now and then, and so is an end at which
/// nothing but closing brackets is missing. An object that is cut off elsewhere or malformed is an error and its inner
/// objects are never taken for the answer; neither is one of several.
package enum AnswerText {
    /// The longest text that is looked at, in bytes.
    package static let sizeLimit = 16 << 20

    package static func object(in text: String) throws(AnswerTextError) -> JSONValue {
        let bytes = Array(text.utf8)
        guard bytes.count <= sizeLimit else { throw .tooLong(bytes: bytes.count) }
        guard bytes.contains(where: { $0 > 0x20 }) else { throw .empty }
        if let whole = try? JSONReader.value(of: bytes) {
            guard case .object = whole else { throw .notAnObject }
            return whole
        }
        let found = try objects(in: bytes)
        let answers = found.count > 1 ? found.filter { $0 != .object([:]) } : found
        guard let answer = answers.first else { throw .noObject }
        guard answers.count == 1 else { throw .several(count: answers.count) }
        return answer
    }

    /// Every outermost object, from the left; brackets that open no object are prose.
    private static func objects(in bytes: [UInt8]) throws(AnswerTextError) -> [JSONValue] {
        var found: [JSONValue] = []
        var offset = 0
        while let start = bytes[offset...].firstIndex(where: { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "[") }) {
            guard opensValue(bytes, at: start) else {
                offset = start + 1
                continue
            }
            var reader = JSONReader(bytes, at: start)
            do {
                let value = try reader.readValue()
                guard case .object = value else { throw AnswerTextError.notAnObject }
                found.append(value)
                offset = reader.offset
            } catch let fault as JSONFault {
                if let value = closed(bytes[start...]) { return found + [value] }
                let place = JSONError(fault, in: bytes).description
                throw fault.isTruncation ? .truncated(place) : .malformed(place)
            } catch {
                throw .notAnObject
            }
        }
        return found
    }

    /// The object with the brackets that are missing at its end; `nil` when anything else is missing.
    ///
    /// A string that is cut off stays so: its end would be made up, and half a file taken for the whole.
    private static func closed(_ bytes: ArraySlice<UInt8>) -> JSONValue? {
        let end = bytes.lastIndex { $0 > 0x20 && $0 != UInt8(ascii: "`") } ?? bytes.startIndex
        let text = bytes[...end]
        guard let missing = missingBrackets(of: text), !missing.isEmpty,
            case .object(let members)? = try? JSONReader.value(of: Array(text) + missing)
        else { return nil }
        return .object(members)
    }

    /// What closes all that is open at the end, the innermost first; `nil` inside a string.
    private static func missingBrackets(of text: ArraySlice<UInt8>) -> [UInt8]? {
        var open: [UInt8] = []
        var isString = false
        var isEscaped = false
        for byte in text {
            switch byte {
            case _ where isEscaped: isEscaped = false
            case UInt8(ascii: "\\") where isString: isEscaped = true
            case UInt8(ascii: "\""): isString.toggle()
            case _ where isString: break
            case UInt8(ascii: "{"): open.append(UInt8(ascii: "}"))
            case UInt8(ascii: "["): open.append(UInt8(ascii: "]"))
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                guard open.popLast() == byte else { return nil }
            default: break
            }
        }
        return isString ? nil : open.reversed()
    }

    /// Whether the bracket looks like the start of an object, or of an array of objects, and not like prose or code.
    private static func opensValue(_ bytes: [UInt8], at start: Int) -> Bool {
        let space: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]
        guard let next = bytes[(start + 1)...].first(where: { !space.contains($0) }) else { return false }
        return bytes[start] == UInt8(ascii: "{")
            ? next == UInt8(ascii: "\"") || next == UInt8(ascii: "}")
            : next == UInt8(ascii: "{")
    }
}
