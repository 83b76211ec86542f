import Core
import HTTPClientKit
import Models
import TestSupport
import Testing

@Suite("A provider in trouble", .tags(.medium))
struct TroubleTests {
    private static let request = ModelRequest(
        contract: "review",
        instructions: "",
        input: ["title": "T"],
        schema: (try? ReviewContract.schema) ?? nil
    )

    @Test("ends each call as its class says, and leaves nothing behind", arguments: Trouble.all, VendorFormat.allCases)
    func matrix(trouble: Trouble, format: VendorFormat) async throws {
        let vendor = try ScriptedVendor { _ in (trouble.answer ?? VendorAnswer(trouble.text)).bent(trouble.bend) }
        let client = HTTPClient()
        for streams in [false, true] {
            var profile = vendor.profile(format)
            profile.streams = streams
            let model = HTTPModel(
                profile,
                model: "scripted",
                client: client,
                key: ProviderKey(.none, environment: [:]),
                limits: trouble.limits
            )
            switch trouble.outcome {
            case .reply:
                #expect(try await model.complete(Self.request).text == trouble.text, "streamed: \(streams)")
            case .fault(let reason): await expect(reason, trouble, model)
            case .faults(let whole, let streamed): await expect(streams ? streamed : whole, trouble, model)
            }
            #expect(client.counters.runningTransfers == 0 && client.counters.waitingTransfers == 0)
        }
        await client.shutdown()
        #expect(client.counters.openConnections == 0)
        #expect(vendor.questions.count == 2, "one attempt for each call")
    }

    private func expect(_ reason: ProviderFault.Reason, _ trouble: Trouble, _ model: HTTPModel) async {
        let fault = await #expect(throws: ProviderFault.self) { try await model.complete(Self.request) }
        #expect(fault?.reason == reason, "\(fault?.description ?? "")")
        #expect(fault?.retryTime == trouble.retryTime)
        #expect(fault?.provider == model.profile.name && fault?.model == "scripted")
    }

    @Test("comes to the contract's repair only where the model itself is wrong", arguments: VendorFormat.allCases)
    func contract(format: VendorFormat) async throws {
        let vendor = try ScriptedVendor { question in
            VendorAnswer(question.isRepair ? Trouble.text : #"{"accepted":"yes"}"#)
        }
        let client = HTTPClient()
        let key = ProviderKey(.none, environment: [:])
        let model = HTTPModel(vendor.profile(format), model: "scripted", client: client, key: key)
        let input = ReviewInput(
            title: "T",
            description: "d",
            component: Samples.component,
            expected: [],
            files: [],
            checks: []
        )
        let outcome = try await ContractClient().ask(ReviewContract(), input: input, of: model)
        #expect(outcome.repaired && outcome.answer.accepted && outcome.calls == 2)
        #expect(outcome.usage.inputTokens == 200)
        await client.shutdown()
    }

    @Test("leaves nothing behind when the task is cancelled", arguments: VendorFormat.allCases)
    func cancelled(format: VendorFormat) async throws {
        let vendor = try ScriptedVendor { _ in VendorAnswer(Trouble.text).bent { $0.with(.stallAfter(40)) } }
        let client = HTTPClient()
        let key = ProviderKey(.none, environment: [:])
        let model = HTTPModel(vendor.profile(format), model: "scripted", client: client, key: key)
        await withTaskGroup { group in
            group.addTask {
                await #expect(throws: CancellationError.self) { try await model.complete(Self.request) }
            }
            while vendor.questions.isEmpty { await Task.yield() }
            group.cancelAll()
        }
        #expect(client.counters.runningTransfers == 0)
        await client.shutdown()
        #expect(client.counters.openConnections == 0)
    }

    @Test("is not trusted with a certificate that does not verify", .temporaryDirectory)
    func certificate() async throws {
        let server = try await SelfSignedServer()
        let client = HTTPClient()
        for format in VendorFormat.allCases {
            var profile = try ScriptedVendor { _ in VendorAnswer("") }.profile(format)
            profile.baseURL = "https://127.0.0.1:\(server.port)"
            let key = ProviderKey(.environment(["K"]), environment: ["K": "sk-0123456789"])
            let model = HTTPModel(profile, model: "scripted", client: client, key: key)
            let fault = await #expect(throws: ProviderFault.self) { try await model.complete(Self.request) }
            #expect(fault?.reason == .tls && fault?.isTransient == false, "\(fault?.description ?? "")")
        }
        await client.shutdown()
        #expect(client.counters.openConnections == 0)
        await server.stop()
    }
}
