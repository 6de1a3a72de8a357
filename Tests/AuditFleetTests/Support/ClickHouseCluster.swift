import AuditFleet
import AuditStore
import Foundation
import TestSupport
import Testing

/// Debian's ClickHouse on loopback: two shards of two replicas each, which ZooKeeper keeps the same. They run as who runs the tests.
///
/// All tests share it, each with a database of its own; it ends with this process, however that ends.
final class ClickHouseCluster: @unchecked Sendable {
    /// The cluster; nil, and said, where there is none.
    static func shared() throws -> ClickHouseCluster? {
        guard isThere else {
            Peer.missing("clickhouse-server or zookeeper (`scripts/setup test`): no server of ClickHouse was asked")
            return nil
        }
        return try started.get()
    }

    private static let server = "/usr/sbin/clickhouse-server"
    private static let keeper = "/usr/share/java/zookeeper.jar"
    private static let isThere = [server, keeper, "/usr/bin/java"].allSatisfy { FileManager.default.fileExists(atPath: $0) }
    private static let started = Result { try ClickHouseCluster() }

    static let user = "audit"
    static let password = "pass'word \\ \"\u{e9}"
    static let name = "fleet"

    struct Node {
        let shard: Int
        let http: Int
        let own: Int
        let between: Int
        let folder: URL
    }

    let nodes: [Node]
    private let folder: URL
    private let guardian: SupervisedServers
    private var count = 0

    private init() throws {
        let ports = try freePorts(13).map { Int($0) }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("xsm-fleet-\(UUID().uuidString)")
        self.folder = folder
        nodes = (0..<4).map { number in
            Node(
                shard: number / 2, http: ports[number * 3], own: ports[number * 3 + 1], between: ports[number * 3 + 2],
                folder: folder.appending(path: "node\(number)"))
        }
        guardian = SupervisedServers(folder)
        let home = folder.appending(path: "keeper")
        try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
        let settings = """
            tickTime=1000
            dataDir=\(home.path)/data
            clientPort=\(ports[12])
            clientPortAddress=127.0.0.1
            admin.enableServer=false
            maxClientCnxns=0
            """
        try Data(settings.utf8).write(to: home.appending(path: "zoo.cfg"))
        try guardian.start(
            home,
            [
                "/usr/bin/java", "-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", Self.keeper,
                "org.apache.zookeeper.server.ZooKeeperServerMain", "zoo.cfg",
            ])
        // A server of 18.16 whose first session fails ends with a null pointer.
        let look = "import socket; s = socket.create_connection(('127.0.0.1', \(ports[12])), 1); s.sendall(b'srvr'); print(s.recv(4096))"
        let isUp = try eventually(20) { try ProcessResult.run(URL(fileURLWithPath: "/usr/bin/python3"), ["-c", look]).text.contains("Mode: standalone") }
        try #require(isUp, "zookeeper did not start")
        for (number, node) in nodes.enumerated() {
            try FileManager.default.createDirectory(at: node.folder, withIntermediateDirectories: true)
            try Data(configuration(node, keeper: ports[12], replica: number % 2).utf8).write(to: node.folder.appending(path: "config.xml"))
            try Data(Self.users.utf8).write(to: node.folder.appending(path: "users.xml"))
            try start(number)
        }
        for number in nodes.indices { try waitFor(number) }
    }

    private static let users = """
        <yandex><profiles><default/></profiles><quotas><default/></quotas><users><\(user)>
        <password>\(password)</password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota>
        </\(user)></users></yandex>
        """

    private func configuration(_ node: Node, keeper: Int, replica: Int) -> String {
        let shards = [0, 1].map { shard in
            let replicas = nodes.filter { $0.shard == shard }.map {
                "<replica><host>127.0.0.1</host><port>\($0.own)</port><user>\(Self.user)</user><password>\(Self.password)</password></replica>"
            }
            return "<shard><internal_replication>true</internal_replication>\(replicas.joined())</shard>"
        }
        return """
            <yandex><logger><level>warning</level><log>log</log><errorlog>errors</errorlog></logger>
            <listen_host>127.0.0.1</listen_host><http_port>\(node.http)</http_port><tcp_port>\(node.own)</tcp_port>
            <interserver_http_port>\(node.between)</interserver_http_port><interserver_http_host>127.0.0.1</interserver_http_host>
            <path>\(node.folder.path)/data/</path><tmp_path>\(node.folder.path)/temporary/</tmp_path><mark_cache_size>16777216</mark_cache_size>
            <users_config>users.xml</users_config><default_profile>default</default_profile><default_database>default</default_database>
            <background_pool_size>2</background_pool_size><background_schedule_pool_size>2</background_schedule_pool_size>
            <macros><shard>\(node.shard)</shard><replica>\(replica)</replica></macros>
            <zookeeper><node><host>127.0.0.1</host><port>\(keeper)</port></node><session_timeout_ms>3000</session_timeout_ms></zookeeper>
            <distributed_ddl><path>/clickhouse/ddl</path></distributed_ddl>
            <remote_servers><\(Self.name)>\(shards.joined())</\(Self.name)></remote_servers></yandex>
            """
    }

    // MARK: Nodes

    func start(_ number: Int) throws { try guardian.start(nodes[number].folder, [Self.server, "--config-file=config.xml"]) }

    func waitFor(_ number: Int) throws {
        let isUp = eventually(20) { (try? HTTPRequest(.get, "http://127.0.0.1:\(nodes[number].http)/ping").answer())?.status == 200 }
        try #require(isUp, "node \(number) did not start: \((try? String(contentsOf: nodes[number].folder.appending(path: "errors"), encoding: .utf8)) ?? "")")
    }

    func kill(_ number: Int) { guardian.kill(nodes[number].folder) }

    /// Carries out a statement on one node; what it answers.
    @discardableResult
    func ask(_ number: Int, _ statement: String) throws -> String {
        let answer = try HTTPRequest(
            .post, "http://127.0.0.1:\(nodes[number].http)/", credentials: credentials, body: Array(statement.utf8)
        ).answer()
        try #require(answer.status == 200, "\(statement): \(answer.excerpt())")
        return String(decoding: answer.body, as: UTF8.self)
    }

    // MARK: Databases

    var credentials: Credentials { Credentials(user: Self.user, password: Self.password) }

    /// The address of a database that no other test has, by all nodes or some.
    func address(_ hosts: [Int] = [0, 1, 2, 3], isOnCluster: Bool = true) throws -> String {
        count += 1
        return address(of: "audit\(count)", hosts, isOnCluster: isOnCluster)
    }

    func address(of database: String, _ hosts: [Int] = [0, 1, 2, 3], isOnCluster: Bool = true) -> String {
        "clickhouse://" + hosts.map { "127.0.0.1:\(nodes[$0].http)" }.joined(separator: ",") + "/\(database)" + (isOnCluster ? "?cluster=\(Self.name)" : "")
    }

    func destination(_ address: String, creating: Bool = true) throws -> ClickHouseDestination {
        try ClickHouseDestination(ClickHouseAddress(address), credentials, creating: creating)
    }

    func store(_ address: String) throws -> ClickHouseStore { try ClickHouseStore(ClickHouseAddress(address), credentials) }

    /// Waits until replicas have what others have.
    func synchronize(_ address: String) throws {
        let database = try ClickHouseAddress(address).database
        for table in ["xsm_denial", "xsm_boot", "xsm_notice"] {
            for number in nodes.indices { try ask(number, "SYSTEM SYNC REPLICA \(database).\(table)_shard") }
            // That returns at once where a replica that has just been started has not looked yet what it lacks.
            let contents = "SELECT count(), sum(cityHash64(*)) FROM (SELECT * FROM \(database).\(table)_shard FINAL)"
            let isSame = try eventually(30) { try Set(nodes.indices.map { "\(nodes[$0].shard): \(try ask($0, contents))" }).count == 2 }
            try #require(isSame, "replicas of \(database).\(table) do not become the same")
        }
    }
}
