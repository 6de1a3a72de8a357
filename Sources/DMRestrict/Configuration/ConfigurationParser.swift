/// Reads assignments (Xen, tools/libs/util/libxlu_cfg_y.y).
struct ConfigurationParser {
    private var scanner: ConfigurationScanner
    /// The token that is looked at, and where it is.
    private var token = ConfigurationScanner.Token.end
    private var position = ConfigurationPosition(line: 1, column: 1)
    private var values = 0

    static func settings(_ bytes: [UInt8]) throws(ConfigurationMistake) -> [ConfigurationSetting] {
        guard bytes.count <= ConfigurationLimits.bytes else {
            throw ConfigurationMistake(
                ConfigurationPosition(line: 1, column: 1), .tooLong("the configuration", limit: ConfigurationLimits.bytes))
        }
        var parser = ConfigurationParser(scanner: try ConfigurationScanner(bytes))
        return try parser.assignments()
    }

    private init(scanner: ConfigurationScanner) {
        self.scanner = scanner
    }

    private mutating func advance() throws(ConfigurationMistake) {
        token = try scanner.next()
        position = scanner.position
    }

    private func unexpected(_ wanted: String) -> ConfigurationMistake {
        ConfigurationMistake(position, .unexpected(token.description, wanted: wanted))
    }

    private mutating func assignments() throws(ConfigurationMistake) -> [ConfigurationSetting] {
        var settings: [ConfigurationSetting] = []
        var latest: [String: Int] = [:]
        try advance()
        while true {
            switch token {
            case .end: return settings
            case .newline, .sign(UInt8(ascii: ";")): try advance()
            case .name(let name):
                let setting = try assignment(name, before: latest[name].map { settings[$0].value })
                latest[name] = settings.count
                settings.append(setting)
            default: throw unexpected("a name")
            }
        }
    }

    private mutating func assignment(
        _ name: String, before: ConfigurationValue?
    ) throws(ConfigurationMistake) -> ConfigurationSetting {
        let place = position
        try advance()
        let isAddition = token == .addition
        guard isAddition || token == .sign(UInt8(ascii: "=")) else { throw unexpected("`=` or `+=`") }
        try advance()
        let value = try value(depth: 0)
        switch token {
        case .end, .newline, .sign(UInt8(ascii: ";")): break
        default: throw unexpected("the end of the assignment")
        }
        if isAddition, let before, before.isList != value.isList { throw ConfigurationMistake(place, .mixedAddition(name)) }
        return ConfigurationSetting(name: name, position: place, value: value, isAddition: isAddition)
    }

    private mutating func value(depth: Int) throws(ConfigurationMistake) -> ConfigurationValue {
        let place = position
        values += 1
        guard values <= ConfigurationLimits.values else {
            throw ConfigurationMistake(place, .tooLong("the list of values", limit: ConfigurationLimits.values))
        }
        switch token {
        case .text(let text):
            try advance()
            return ConfigurationValue(content: .string(text), position: place)
        case .sign(UInt8(ascii: "[")):
            guard depth < ConfigurationLimits.depth else {
                throw ConfigurationMistake(place, .tooDeep(limit: ConfigurationLimits.depth))
            }
            try advance()
            return ConfigurationValue(content: .list(try elements(depth: depth + 1)), position: place)
        default: throw unexpected("a number, a string in quotes or a list")
        }
    }

    /// What follows a list's bracket; a comma may stand behind the last element.
    private mutating func elements(depth: Int) throws(ConfigurationMistake) -> [ConfigurationValue] {
        var elements: [ConfigurationValue] = []
        try skipLines()
        while token != .sign(UInt8(ascii: "]")) {
            elements.append(try value(depth: depth))
            try skipLines()
            guard token == .sign(UInt8(ascii: ",")) else { break }
            try advance()
            try skipLines()
        }
        guard token == .sign(UInt8(ascii: "]")) else { throw unexpected(elements.isEmpty ? "a value or `]`" : "`,` or `]`") }
        try advance()
        return elements
    }

    private mutating func skipLines() throws(ConfigurationMistake) {
        while token == .newline { try advance() }
    }
}
