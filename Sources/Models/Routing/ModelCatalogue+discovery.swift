package import Core
package import HTTPClientKit

/// A provider that can be asked for its models.
package struct CatalogueSource: Sendable {
    package let provider: String
    package let isLocal: Bool
    /// The model to ask when only the provider is named; `nil` leaves that to the list.
    package let standard: String?
    let prefer: @Sendable ([ListedModel]) -> String?
    let list: @Sendable () async throws -> [ListedModel]

    /// - Parameters:
    ///   - provider: Its name.
    ///   - isLocal: Whether it is on this machine.
    ///   - standard: Its default model, if one is configured.
    ///   - prefer: Takes the default model from the list when none is configured.
    ///   - list: Asks for the models.
    package init(
        _ provider: String,
        isLocal: Bool,
        standard: String? = nil,
        prefer: @escaping @Sendable ([ListedModel]) -> String? = { _ in nil },
        list: @escaping @Sendable () async throws -> [ListedModel]
    ) {
        self.provider = provider
        self.isLocal = isLocal
        self.standard = standard
        self.prefer = prefer
        self.list = list
    }

    /// A provider over HTTP.
    ///
    /// - Parameters:
    ///   - profile: The provider.
    ///   - client: What to ask with.
    ///   - key: The provider's key.
    ///   - standard: Its default model, if one is configured.
    ///   - excluded: Models that are no default.
    package init(
        _ profile: ProviderProfile,
        client: HTTPClient,
        key: ProviderKey,
        standard: String? = nil,
        excluding excluded: ModelExclusions = .none
    ) {
        self.init(
            profile.name,
            isLocal: profile.isLocal,
            standard: standard,
            prefer: { profile.preferred(of: $0, excluding: excluded) },
            list: { try await HTTPModel.list(profile, client: client, key: key) }
        )
    }
}

extension ModelCatalogue {
    /// How long all lists together may take, in milliseconds.
    package static let timeLimit: Int64 = 10_000

    /// Asks all providers at once for their models.
    ///
    /// A provider that gives no list in time is entered with its default model and the reason.
    ///
    /// - Parameters:
    ///   - sources: The providers, in the order of the entries.
    ///   - timeLimit: For all together, in milliseconds.
    ///   - sleeper: What waits for the time limit.
    /// - Returns: An entry for each provider.
    /// - Throws: `CancellationError` alone.
    package static func discover(
        _ sources: [CatalogueSource],
        timeLimit: Int64 = Self.timeLimit,
        sleeper: any Sleeper = SystemSleeper()
    ) async throws -> ModelCatalogue {
        // As wide as there are providers, which are few: a slow one holds up no other.
        let entries = await withTaskGroup(of: (Int, Entry).self) { group in
            for (index, source) in sources.enumerated() {
                group.addTask { (index, await source.entry(timeLimit, sleeper)) }
            }
            return await group.reduce(into: [Int: Entry]()) { $0[$1.0] = $1.1 }
        }
        try Task.checkCancellation()
        return ModelCatalogue(sources.indices.compactMap { entries[$0] })
    }
}

extension CatalogueSource {
    /// How asking ended.
    private enum Outcome: Sendable {
        case models([ListedModel])
        case failed(any Error)
        case late
    }

    fileprivate func entry(_ timeLimit: Int64, _ sleeper: any Sleeper) async -> ModelCatalogue.Entry {
        switch await outcome(timeLimit, sleeper) {
        case .models(let models): listed(models)
        case .late: degraded(.unreachable, "it gave no list within \(timeLimit / 1_000) s")
        case .failed(let error): degraded(Self.reach(error), "\(error)")
        }
    }

    private func outcome(_ timeLimit: Int64, _ sleeper: any Sleeper) async -> Outcome {
        await withTaskGroup(of: Outcome.self) { group in
            group.addTask {
                do {
                    return .models(try await list())
                } catch {
                    return .failed(error)
                }
            }
            group.addTask {
                do {
                    try await sleeper.sleep(milliseconds: timeLimit)
                    return .late
                } catch {
                    return .failed(error)
                }
            }
            defer { group.cancelAll() }
            return await group.next() ?? .late
        }
    }

    private func listed(_ models: [ListedModel]) -> ModelCatalogue.Entry {
        let standard = standard ?? prefer(models)
        return ModelCatalogue.Entry(provider: provider, isLocal: isLocal, models: models, standard: standard)
    }

    private func degraded(_ reach: ModelCatalogue.Reach, _ error: String) -> ModelCatalogue.Entry {
        ModelCatalogue.Entry(
            provider: provider,
            isLocal: isLocal,
            models: standard.map { [ListedModel(name: $0)] } ?? [],
            standard: standard,
            reach: reach,
            error: error.printable
        )
    }

    private static func reach(_ error: any Error) -> ModelCatalogue.Reach {
        switch (error as? ProviderFault)?.reason {
        case .connection, .timeout: .unreachable
        case .keyMissing, .offline, nil: .notAsked
        case .unauthorized, .creditExhausted: .refused
        default: .reached
        }
    }
}
