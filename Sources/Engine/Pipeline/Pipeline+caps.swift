extension Pipeline {
    /// The pipeline with no fan-out wider and no chat longer than this; `nil` leaves what the pipeline says.
    package func capped(width: Int?, rounds: Int?) -> Pipeline {
        Pipeline(
            name: name,
            title: title,
            phases: phases.map { $0.capped(width, rounds) },
            closing: closing.map { $0.capped(width, rounds) }
        )
    }
}

extension Phase {
    fileprivate func capped(_ width: Int?, _ rounds: Int?) -> Phase {
        Phase(name: name, condition: condition, before: before, after: after, work: work.capped(width, rounds))
    }
}

extension PhaseWork {
    fileprivate func capped(_ width: Int?, _ rounds: Int?) -> PhaseWork {
        switch self {
        case .ask, .act, .gate: self
        case .each(let collection, let own, let phases):
            .each(collection, width: min(own, width ?? own), phases: phases.map { $0.capped(width, rounds) })
        case .loop(let limit, let until, let phases):
            .loop(limit: limit, until: until, phases: phases.map { $0.capped(width, rounds) })
        case .chat(let plan):
            .chat(
                ChatPlan(
                    speakers: plan.speakers,
                    rounds: min(plan.rounds, rounds ?? plan.rounds),
                    stopsWithoutChange: plan.stopsWithoutChange,
                    afterRound: plan.afterRound
                )
            )
        }
    }
}
