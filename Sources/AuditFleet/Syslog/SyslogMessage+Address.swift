extension SyslogMessage.Form {
    /// The form that an address asks for: `?facility=0…23&enterprise=NUMBER`.
    init(_ address: NetworkAddress) throws(AddressMistake) {
        self.init()
        func mistake(_ what: String) -> AddressMistake { AddressMistake("the address `\(address.text)` has \(what)") }
        guard address.path.isEmpty || address.path == "/" else { throw mistake("a path, which syslog has no use for") }
        for (name, value) in address.options {
            switch name {
            case "facility":
                guard let number = UInt8(value), number < 24 else { throw mistake("a facility that is not a number from 0 to 23") }
                facility = Int(number)
            case "enterprise":
                guard let number = UInt32(value), number > 0 else { throw mistake("an enterprise that is not a number: it is yours of IANA's list") }
                enterprise = number
            default: throw mistake("an option `\(name)`: there are `facility` and `enterprise`")
            }
        }
    }
}
