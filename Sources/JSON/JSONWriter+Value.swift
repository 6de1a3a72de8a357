extension JSONWriter {
    /// A whole value, its members in their order.
    public mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .boolean(let truth): self.value(truth)
        case .integer(let number): self.value(Int(number))
        case .number(let number): self.value(number)
        case .string(let string): self.value(string)
        case .array(let elements):
            array { json in
                for element in elements { json.value(element) }
            }
        case .object(let object):
            self.object { json in
                for member in object.members { json.member(member.name, member.value) }
            }
        }
    }

    public mutating func member(_ name: String, _ value: JSONValue) {
        key(name)
        self.value(value)
    }
}
