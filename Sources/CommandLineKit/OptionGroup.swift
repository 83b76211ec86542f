/// Wrapped properties that several commands share.
package protocol ParsableArguments {
    init()
    func validate() throws
}

extension ParsableArguments {
    package func validate() throws {}
}

/// What the parser needs to know of a group of inputs.
protocol InputGroup {
    var title: String? { get }
    var arguments: any ParsableArguments { get }
}

/// A property that stands for all inputs of another type.
@propertyWrapper
package struct OptionGroup<Group: ParsableArguments>: InputGroup {
    let title: String?
    package let wrappedValue: Group

    var arguments: any ParsableArguments { wrappedValue }

    /// - Parameter title: The heading of these options in the help text; without one they stand among the command's own.
    package init(title: String? = nil) {
        self.title = title
        wrappedValue = Group()
    }
}
