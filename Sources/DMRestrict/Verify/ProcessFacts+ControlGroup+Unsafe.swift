import CSandbox
import Files
import Glibc

// SAFETY: strings are copied before a call returns; arrays are passed with the counts that they have, and no more is written to them.

extension ProcessFacts {
    /// Looks at a process, and at the control group that it was to have by a plan.
    public init(ofProcess number: Int32, planned plan: RestrictionPlan) {
        self.init(ofProcess: number)
        for case .ownControlGroup(let group) in plan.steps { read(group) }
    }

    private mutating func read(_ group: OwnControlGroup) {
        for limit in group.limits {
            let folder = group.folder(of: limit)
            for setting in limit.settings where setting.reading != nil { read(setting: folder + "/" + setting.file) }
            guard case .devices(let rules) = limit.amount else { continue }
            switch limit.place.version {
            case .one: read(setting: folder + "/" + ControlGroupLimit.deviceList)
            case .two:
                devicePrograms[folder] = Self.devicePrograms(of: folder)
                plannedDevicePrograms[folder] = DeviceProgram(rules).nameByKernel
            }
        }
    }

    private mutating func read(setting path: String) {
        do throws(FileError) {
            guard let bytes = try Files.contents(of: path) else {
                groupSettingsThatAreNot.insert(path)
                return
            }
            groupSettings[path] = String(decoding: bytes.last == 10 ? bytes.dropLast() : bytes[...], as: UTF8.self)
        } catch {
            // Not told.
        }
    }

    /// Nil where the kernel does not say.
    private static func devicePrograms(of folder: String) -> [UInt64]? {
        var tags = [UInt64](repeating: 0, count: 64)
        let count = unsafe sandbox_device_programs(folder, &tags, UInt32(tags.count))
        return count >= 0 && count <= tags.count ? Array(tags[..<Int(count)]) : nil
    }
}
