/// The tables on a ClickHouse server.
///
/// A decision may be there several times, with one key: the engine takes copies together at times, and questions take each key once (`FINAL`). On a cluster
/// all decisions of a host stand on one shard, on all of its replicas, and tables of the engine Distributed in front of them.
enum ClickHouseTables {
    /// The version of the tables. A view says it, so that it is wherever they are.
    static let version: UInt32 = 1
    static let schema = "xsm_schema"
    static let denials = Table(
        name: "xsm_denial",
        columns: """
            host String, boot String, sequence Int64, verdict UInt8, permissions Array(String), unnamed UInt32, source String, target String, \
            source_sid Int64, target_sid Int64, source_type String, target_type String, class String, source_domain Int32, target_domain Int32, \
            current_domain Int32, object String, clock UInt8, time Int64
            """, key: "host, boot, sequence", kept: nil)
    /// Which boots there are. Of copies that counts, and is kept, which was there first: it has the largest number.
    static let boots = Table(name: "xsm_boot", columns: "host String, boot String, earlier UInt64", key: "host, boot", kept: "earlier")
    /// A notice that became more often is a further row.
    static let notices = Table(
        name: "xsm_notice", columns: "host String, boot String, kind String, text String, clock UInt8, time Int64, times UInt64, earlier UInt64",
        key: "host, boot, kind, text, clock, time, times", kept: "earlier")

    struct Table {
        let name: String
        let columns: SQLText
        let key: SQLText
        /// By which column copies are chosen of which one is kept; nil when they are equal.
        let kept: SQLText?

        /// The names of the columns.
        var columnNames: String {
            columns.text.split(separator: ", ").map { $0.prefix { $0 != " " } }.joined(separator: ",")
        }
    }

    /// The statements that make what is not there.
    static func creation(_ address: ClickHouseAddress) -> [SQLText] {
        let database = address.database
        guard let cluster = address.cluster else {
            return ["CREATE DATABASE IF NOT EXISTS \(name: database)"]
                + [denials, boots, notices].map { table in
                    """
                    CREATE TABLE IF NOT EXISTS \(name: database).\(name: table.name) (\(table.columns)) \
                    ENGINE = ReplacingMergeTree(\(table.kept ?? "")) ORDER BY (\(table.key))
                    """
                } + ["CREATE VIEW IF NOT EXISTS \(name: database).\(name: schema) AS SELECT toUInt32(\(Int(version))) AS version, '' AS cluster"]
        }
        let everywhere: SQLText = "ON CLUSTER `\(name: cluster)`"
        return ["CREATE DATABASE IF NOT EXISTS \(name: database) \(everywhere)"]
            + [denials, boots, notices].flatMap { table -> [SQLText] in
                [
                    """
                    CREATE TABLE IF NOT EXISTS \(name: database).\(name: table.name)_shard \(everywhere) (\(table.columns)) \
                    ENGINE = ReplicatedReplacingMergeTree(\
                    '/clickhouse/tables/{shard}/\(name: database)/\(name: table.name)', '{replica}'\(table.kept.map { ", \($0)" } ?? "")) ORDER BY (\(table.key))
                    """,
                    """
                    CREATE TABLE IF NOT EXISTS \(name: database).\(name: table.name) \(everywhere) (\(table.columns)) \
                    ENGINE = Distributed('\(name: cluster)', '\(name: database)', '\(name: table.name)_shard', sipHash64(host))
                    """,
                ]
            } + [
                """
                CREATE VIEW IF NOT EXISTS \(name: database).\(name: schema) \(everywhere) \
                AS SELECT toUInt32(\(Int(version))) AS version, '\(name: cluster)' AS cluster
                """
            ]
    }

    /// Makes the database and the tables where they are not there.
    static func create(_ connection: inout ClickHouseConnection) throws(ClickHouseFailure) {
        for statement in creation(connection.address) {
            let settings = connection.address.cluster == nil ? [:] : ["distributed_ddl_task_timeout": "30"]
            _ = try connection.ask(statement.text, settings: settings, limit: ClickHouseConnection.briefLimit, isInDatabase: false, seconds: 60)
        }
    }

    /// The cluster on which the tables are; nil when they are on one server. Throws for tables of another program's.
    static func check(_ connection: inout ClickHouseConnection) throws(ClickHouseFailure) -> String? {
        var reader = RowBinaryReader(try connection.ask("SELECT version, cluster FROM \(schema) FORMAT RowBinary", limit: ClickHouseConnection.briefLimit))
        let found: UInt32 = try reader.number()
        let cluster = try reader.text()
        guard reader.isAtEnd, found > 0 else { throw ClickHouseFailure(.garbled, "what it says of its tables is nothing that xsm-audit said") }
        guard found <= version else { throw ClickHouseFailure(.newer, "its tables are of version \(found), known is \(version)") }
        guard !cluster.isEmpty else { return nil }
        let name = String(decoding: cluster, as: UTF8.self)
        guard ClickHouseAddress.isClusterName(name[...]) else { throw ClickHouseFailure(.garbled, "the cluster that its tables name has no name of a cluster") }
        return name
    }
}
