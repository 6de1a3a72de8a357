/// A configuration as xl's language has it, whatever its names mean (Xen, tools/libs/util/libxlu_cfg_y.y).
public struct ConfigurationText: Hashable, Sendable {
    /// Every assignment, in its order. Of several for one name the last holds.
    public let settings: [ConfigurationSetting]

    /// Reads assignments `name = value` and `name += value`, each ended by a line's end or `;`. A value is a number, a string in
    /// either quotes, or a list of values in brackets, which may go over lines. A `#` begins a comment.
    ///
    /// Throws the first mistake.
    public init(parsing bytes: [UInt8]) throws(ConfigurationMistake) {
        settings = try ConfigurationParser.settings(bytes)
    }

    /// By their names, what holds: the last assignment, with what was added to it since.
    public var effective: [String: ConfigurationSetting] {
        // What is added is joined at once at the end: a text may add to one name many thousand times.
        var parts: [String: [Int]] = [:]
        for (index, setting) in settings.enumerated() {
            if setting.isAddition { parts[setting.name, default: []].append(index) } else { parts[setting.name] = [index] }
        }
        return parts.compactMapValues { indices in
            guard let last = indices.last else { return nil }
            return joined(indices.map { settings[$0] }, settings[last])
        }
    }

    private func joined(_ parts: [ConfigurationSetting], _ last: ConfigurationSetting) -> ConfigurationSetting {
        if parts.count == 1 { return last }
        let content: ConfigurationValue.Content =
            last.value.isList
            ? .list(parts.flatMap(\.value.elements))
            : .string(parts.map(\.value.text).joined())
        return ConfigurationSetting(
            name: last.name, position: last.position, value: ConfigurationValue(content: content, position: last.value.position),
            isAddition: true)
    }
}
