/// A call of an interface, as a module would write it.
package struct InterfaceCall: Hashable, Sendable {
    package let name: String
    package let arguments: [String]

    package init(_ name: String, _ arguments: [String]) {
        self.name = name
        self.arguments = arguments
    }

    package var text: String { arguments.isEmpty ? name : "\(name)(\(arguments.joined(separator: ", ")))" }
}
