import Commands
import DMRestrict
import Files

extension DeviceModelUsers {
    /// Where an operator says which they are, by a line as `1879048192-1879310335`.
    static let file = "/etc/xsm-launch/users"

    /// As the operator says, or the usual ones where he says nothing.
    static func ofThisHost() throws(CommandFailure) -> DeviceModelUsers {
        let contents: [UInt8]?
        do throws(FileError) {
            contents = try Files.contents(of: file)
        } catch {
            throw CommandFailure(error.whyUnread)
        }
        guard let contents else { return .usual }
        let lines = String(decoding: contents, as: UTF8.self).split(separator: "\n").filter { !$0.hasPrefix("#") }
        guard lines.count == 1, let users = DeviceModelUsers(range: lines[0]) else {
            throw CommandFailure("`\(file)` is no range of users: it has one line, as `1879048192-1879310335`, with at least 32768 of them")
        }
        return users
    }
}
