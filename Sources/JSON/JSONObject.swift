/// The members of an object, in their order, each name once. Two are equal if their members are, in the same order.
public struct JSONObject: Hashable, Sendable {
    public struct Member: Hashable, Sendable {
        public let name: String
        public var value: JSONValue

        public init(_ name: String, _ value: JSONValue) {
            self.name = name
            self.value = value
        }

        public static func == (first: Member, second: Member) -> Bool {
            JSONObject.isSame(first.name, second.name) && first.value == second.value
        }
    }

    public private(set) var members: [Member] = []

    /// Of several values for one name the last is kept, in the first one's place.
    public init(_ members: some Sequence<Member> = EmptyCollection()) {
        for member in members { self[member.name] = member.value }
    }

    /// No name is there twice.
    init(distinct members: [Member]) {
        self.members = members
    }

    /// A member's value. Setting it replaces that, or appends a member, or removes one.
    public subscript(_ name: String) -> JSONValue? {
        get { index(of: name).map { members[$0].value } }
        set {
            switch (index(of: name), newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(Member(name, value))
            case (nil, nil): break
            }
        }
    }

    private func index(of name: String) -> Int? {
        members.firstIndex { Self.isSame($0.name, name) }
    }

    /// By their bytes: Swift's strings are equal as well where Unicode calls them equivalent.
    static func isSame(_ first: String, _ second: String) -> Bool {
        first.utf8.elementsEqual(second.utf8)
    }
}
