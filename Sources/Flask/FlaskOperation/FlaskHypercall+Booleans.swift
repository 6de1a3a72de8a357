import Synchronization

extension FlaskHypercall {
    /// The number of a boolean that is meant. One without a name that exists gets the number that Xen takes for it, which no
    /// boolean has.
    private func resolve(
        _ choice: FlaskOperation.BooleanChoice, _ arguments: inout FlaskArguments, _ caller: some FlaskCaller
    ) throws(XenErrorNumber) -> Int {
        guard choice.isByName else { return Int(choice.number) }
        let name = Array(try text(choice.name, caller).prefix { $0 != 0 })
        let number =
            server.booleans.firstIndex { $0.name.bytes == name }.map { UInt32($0) }
            ?? UInt32(bitPattern: -XenErrorNumber.noEntry.rawValue)
        arguments.set(number, at: 8)
        arguments.set(0 as UInt32, at: 16)
        return Int(number)
    }

    /// Tells a boolean's values, that which holds and that which is pending, and its name if there is room for it.
    func getBoolean(
        _ choice: FlaskOperation.BooleanChoice, _ arguments: inout FlaskArguments, _ caller: inout some FlaskCaller
    ) throws(XenErrorNumber) {
        let number = try resolve(choice, &arguments, caller)
        let (boolean, pendingValue) = try pending.withLock { (pending) throws(XenErrorNumber) -> (Boolean, Bool) in
            let booleans = server.booleans
            guard booleans.indices.contains(number) else { throw .noEntry }
            return (booleans[number], pending.flatMap { $0.indices.contains(number) ? $0[number] : nil } ?? booleans[number].value)
        }
        arguments.set(boolean.value ? 1 : 0 as UInt8, at: 12)
        arguments.set(pendingValue ? 1 : 0 as UInt8, at: 13)
        let room = arguments.word32(at: 16)
        guard room != 0 else { return }
        let name = boolean.name.bytes
        guard name.count <= Int(room) else { throw .resultTooLarge }
        arguments.set(UInt32(name.count), at: 16)
        // As in Xen without a zero byte behind it.
        guard caller.write(name, at: choice.name.address) else { throw .badAddress }
    }

    /// Gives a boolean a value, now or with all others that are pending.
    func setBoolean(
        _ choice: FlaskOperation.BooleanChoice, _ value: Bool, _ commits: Bool, _ arguments: inout FlaskArguments,
        _ caller: some FlaskCaller
    ) throws(XenErrorNumber) {
        try authorize(.setBoolean, caller)
        let number = try resolve(choice, &arguments, caller)
        let held = try pending.withLock { (pending) throws(XenErrorNumber) -> Bool in
            var values = server.booleans.map(\.value)
            guard values.indices.contains(number) else { throw .noEntry }
            guard commits else {
                if pending?.count != values.count { pending = values }
                pending?[number] = value
                return values[number]
            }
            values[number] = value
            if pending?.count == values.count { pending?[number] = value }
            try answer { () throws(SecurityServerError) in try server.setBooleans(values) }
            return value
        }
        arguments.set(held ? 1 : 0 as UInt8, at: 12)
        arguments.set(value ? 1 : 0 as UInt8, at: 13)
    }

    /// Gives all booleans the values that are pending; without any, nothing is done.
    func commitBooleans(_ caller: some FlaskCaller) throws(XenErrorNumber) {
        try pending.withLock { (pending) throws(XenErrorNumber) in
            try authorize(.setBoolean, caller)
            guard let values = pending else { return }
            try answer { () throws(SecurityServerError) in try server.setBooleans(values) }
        }
    }
}
