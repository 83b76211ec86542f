/// A named switch: on or off, or (`Bool?`) left to something else unless it is given.
@propertyWrapper
package struct Flag<Value>: SwitchInput {
    private let slot: Slot<Value>
    private let name: NameSpecification
    private let help: String
    private let inversion: FlagInversion
    private let write: (Bool, Slot<Value>) -> Void

    let isSet = true
    func accept(_ word: String) -> Bool { false }
    func set(_ isOn: Bool) { write(isOn, slot) }

    func definition(label: String, section: String?) -> InputDefinition {
        let spellings = name.spellings(of: label)
        return InputDefinition(
            kind: .flag,
            spellings: spellings,
            negation: inversion == .prefixedNo ? "--no-" + (spellings.first?.dropFirst(2) ?? "") : nil,
            valueName: "",
            help: help,
            section: section,
            defaultText: nil,
            values: [],
            expectation: "nothing",
            completion: .nothing,
            repeats: false,
            isRequired: false
        )
    }

    package var wrappedValue: Value {
        get { slot.parsed }
        nonmutating set { slot.value = newValue }
    }
}

extension Flag<Bool> {
    package init(
        wrappedValue: Bool,
        name: NameSpecification = .long,
        inversion: FlagInversion = .none,
        help: String
    ) {
        slot = Slot(wrappedValue)
        self.name = name
        self.help = help
        self.inversion = inversion
        write = { isOn, slot in slot.value = isOn }
    }
}

extension Flag<Bool?> {
    package init(name: NameSpecification = .long, inversion: FlagInversion, help: String) {
        slot = Slot(.some(nil))
        self.name = name
        self.help = help
        self.inversion = inversion
        write = { isOn, slot in slot.value = .some(isOn) }
    }
}
