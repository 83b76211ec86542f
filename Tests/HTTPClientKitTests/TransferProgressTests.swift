import HTTPClientKit
import TestSupport
import Testing

@Suite("The progress of a transfer", .tags(.small))
struct TransferProgressTests {
    private static let limits = HTTPLimits(
        connect: .milliseconds(100),
        firstByte: .milliseconds(200),
        idle: .milliseconds(50),
        total: .milliseconds(1_000),
        bodyBytes: 10,
        headerBytes: 100
    )
    private var progress = TransferProgress(limits, hasBody: true, end: 6_000, at: 5_000)

    @Test("gives each phase its own time, and all of them the whole")
    func phases() {
        var progress = progress
        #expect(progress.deadline == 5_100)
        #expect(progress.expired(at: 5_099) == nil)
        #expect(progress.expired(at: 5_100) == .connect)
        progress.connected(at: 5_090)
        #expect(progress.deadline == 5_290)
        #expect(progress.expired(at: 5_290) == .firstByte)
        let goesOn = progress.receiveLine(Array("HTTP/1.1 200 OK\r\n".utf8), at: 5_280)
        #expect(goesOn)
        #expect(progress.deadline == 5_330)
        #expect(progress.expired(at: 5_330) == .idle)
        progress.receiveBody(1, at: 5_329)
        #expect(progress.deadline == 5_379)
        progress.receiveBody(1, at: 5_999)
        #expect(progress.deadline == 6_000)
        #expect(progress.expired(at: 6_000) == .total)
    }

    @Test("does not count the time in which the caller does not read, but for the whole")
    func pause() {
        var progress = progress
        progress.connected(at: 5_000)
        progress.paused()
        #expect(progress.deadline == 6_000)
        progress.advanced(at: 5_900)
        #expect(progress.deadline == 5_950)
    }

    @Test("ends sooner where it is told to, and never later")
    func shortened() {
        var progress = progress
        progress.connected(at: 5_000)
        progress.shorten(to: 5_150)
        #expect(progress.deadline == 5_150)
        progress.shorten(to: 5_180)
        progress.advanced(at: 5_140)
        #expect(progress.deadline == 5_150)
        #expect(progress.expired(at: 5_150) == .total)
    }

    @Test("gives each further piece less time where it is told to, but not while the caller does not read")
    func quickened() {
        var progress = progress
        progress.connected(at: 5_000)
        progress.advanced(at: 5_010)
        progress.limitIdle(to: 20, at: 5_015)
        #expect(progress.deadline == 5_035)
        progress.receiveBody(1, at: 5_030)
        #expect(progress.deadline == 5_050)
        progress.paused()
        progress.limitIdle(to: 10, at: 5_040)
        #expect(progress.deadline == 6_000)
        progress.advanced(at: 5_060)
        #expect(progress.deadline == 5_070)
    }

    @Test("has no end for a limit that no clock reaches")
    func forever() {
        let limits = HTTPLimits(connect: .seconds(Int64.max))
        let progress = TransferProgress(limits, hasBody: true, end: .max, at: 5_000)
        #expect(progress.deadline == .max)
    }

    @Test("refuses one byte more than the bounds of body and head")
    func bounds() {
        var body = progress
        var goesOn = body.acceptsBody(10)
        #expect(goesOn)
        body.receiveBody(10, at: 5_000)
        goesOn = body.acceptsBody(1)
        #expect(!goesOn)
        #expect(body.verdict?.reason == .tooLarge)
        var head = progress
        goesOn = head.receiveLine(Array("HTTP/1.1 200 OK\r\n".utf8), at: 5_000)
        #expect(goesOn)
        goesOn = head.receiveLine([UInt8](repeating: 65, count: 83), at: 5_000)
        #expect(goesOn)
        goesOn = head.receiveLine([65], at: 5_000)
        #expect(!goesOn)
        #expect(head.verdict?.reason == .tooLarge)
    }

    @Test("reads the last head and no trailer", arguments: ["1.0", "1.1", "2"])
    func head(version: String) {
        var progress = TransferProgress(HTTPLimits(), hasBody: true, end: .max, at: 0)
        let lines = [
            "HTTP/\(version) 103 Early Hints", "Link: a", "", "HTTP/\(version) 404", "A:b", "C:  d e \t", "no colon",
            "",
            "Trailer: x", "",
        ]
        for line in lines {
            let goesOn = progress.receiveLine(Array("\(line)\r\n".utf8), at: 0)
            #expect(goesOn)
        }
        let head = HTTPResponseHead(status: 404, version: version, headers: ["A": "b", "C": "d e"])
        #expect(progress.head == head)
    }

    @Test("refuses a length that is declared too great, except where no body comes", arguments: [true, false])
    func declared(hasBody: Bool) {
        var progress = TransferProgress(Self.limits, hasBody: hasBody, end: 6_000, at: 5_000)
        for line in ["HTTP/1.1 200 OK", "Content-Length: 11"] {
            let goesOn = progress.receiveLine(Array("\(line)\r\n".utf8), at: 5_000)
            #expect(goesOn)
        }
        let goesOn = progress.receiveLine([13, 10], at: 5_000)
        #expect(goesOn == !hasBody)
    }
}
