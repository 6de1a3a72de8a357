/// A conversation by RELP (version 0): opened, and then messages that the other side acknowledges.
final class RELPSession {
    /// So many messages are under way at once, as rsyslog has it.
    static let window = 128

    /// Why it is over.
    enum Failure: Error, Hashable {
        case connection(ConnectionFailure)
        case refused(String)
        case garbled(String)
    }

    private let connection: InternetConnection
    private let seconds: Int
    private var reader = RELPReader()
    private var transaction = 0
    /// What was sent and not acknowledged: which message it is, by the number of its transaction.
    private var outstanding: [Int: Int] = [:]
    private var waiting: [UInt8] = []

    /// Connects, and agrees on what is spoken.
    init(host: String, port: UInt16, seconds: Int) throws(Failure) {
        self.seconds = seconds
        do throws(ConnectionFailure) {
            connection = try InternetConnection(host: host, port: port, isOfMessages: false, seconds: seconds)
        } catch {
            throw .connection(error)
        }
        say("open", Array("relp_version=0\nrelp_software=xsm-audit\ncommands=syslog".utf8))
        let answer = try answer(InternetConnection.deadline(seconds))
        guard answer.transaction == 1, let data = try Self.acknowledged(answer) else { throw .garbled("it answers something else than that it opens") }
        let offers = data.split(separator: 0x0A).first { $0.starts(with: "commands=".utf8) }?.dropFirst(9) ?? []
        guard offers.split(separator: UInt8(ascii: ",")).contains(where: { $0.elementsEqual("syslog".utf8) }) else {
            throw .refused("it takes no messages of syslog")
        }
    }

    /// Sends messages; each that is acknowledged is told by its place among them, also when others then fail.
    func send(_ messages: [[UInt8]], _ acknowledge: (Int) -> Void) throws(Failure) {
        for (index, message) in messages.enumerated() {
            outstanding[say("syslog", message)] = index
            if waiting.count >= 1 << 16 || outstanding.count >= Self.window { try flush() }
            while outstanding.count >= Self.window { try receive(acknowledge) }
        }
        while !outstanding.isEmpty { try receive(acknowledge) }
    }

    /// Whether it still stands: what a server says unasked is that it ends.
    var isOpen: Bool { (try? connection.checkIsOpen()) == false }

    /// Says that nothing more comes, and waits a moment for the answer.
    func close() {
        say("close", [])
        _ = try? answer(InternetConnection.deadline(1))
    }

    @discardableResult
    private func say(_ command: String, _ data: [UInt8]) -> Int {
        transaction = transaction < RELPFrame.greatestTransaction ? transaction + 1 : 1
        waiting += RELPFrame(transaction: transaction, command: command, data: data).bytes
        return transaction
    }

    private func flush() throws(Failure) {
        guard !waiting.isEmpty else { return }
        do throws(ConnectionFailure) {
            try connection.send(waiting, deadline: InternetConnection.deadline(seconds))
        } catch {
            throw .connection(error)
        }
        waiting.removeAll(keepingCapacity: true)
    }

    private func receive(_ acknowledge: (Int) -> Void) throws(Failure) {
        let answer = try answer(InternetConnection.deadline(seconds))
        guard let index = outstanding[answer.transaction] else { throw .garbled("it answers what was not asked") }
        guard try Self.acknowledged(answer) != nil else { throw .garbled("it says `\(answer.command)` in place of an answer") }
        outstanding[answer.transaction] = nil
        acknowledge(index)
    }

    /// The next that it says, once everything is sent.
    private func answer(_ deadline: UInt64) throws(Failure) -> RELPFrame {
        try flush()
        while true {
            var frame: RELPFrame?
            do throws(RELPReader.Mistake) {
                frame = try reader.next()
            } catch {
                throw .garbled(error.detail)
            }
            if let frame {
                if frame.command == "serverclose" { throw .connection(.ended) }
                return frame
            }
            do throws(ConnectionFailure) {
                reader.take(try connection.receive(deadline: deadline))
            } catch {
                throw .connection(error)
            }
        }
    }

    /// What stands behind `200` in an answer; nil when it is none. Another number is a refusal.
    private static func acknowledged(_ frame: RELPFrame) throws(Failure) -> ArraySlice<UInt8>? {
        guard frame.command == "rsp" else { return nil }
        let code = frame.data.prefix(3)
        guard code.count == 3, code.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else { return nil }
        guard code.elementsEqual("200".utf8) else { throw .refused(HTTPAnswer(status: 0, body: frame.data).excerpt()) }
        return frame.data.dropFirst(3)
    }
}
