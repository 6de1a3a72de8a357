import Arguments
import Commands

/// `xsm-launch qemu`: QEMU's place, with QEMU's arguments.
enum QEMUCommand: ToolCommand {
    static let manual = Manual(
        "-xen-domid N [QEMU'S ARGUMENT…]",
        about: """
            Runs QEMU as the device model of a guest so that it can touch that guest alone. It takes the command line that libxl
            gives QEMU: name a link to this program, `xsm-qemu`, as `device_model_override` in a guest's configuration. What QEMU
            would open is opened for it; before its guest runs it comes under a tighter filter, and what came of each layer is read
            back from the kernel.
            """,
        examples: [
            "a link to be named in xl's configuration":
                "ln -s /usr/bin/xsm-launch /usr/local/bin/xsm-qemu",
        ],
        statuses: ["N": "what QEMU exits with", "125": "it was not launched"],
        files: [
            "/etc/xsm-launch/limits": "what all device models may have",
            "/var/log/xen/": "what QEMU says, by libxl",
        ])

    static let options: [OptionDescription] = []

    static func execute(_ words: [String]) throws(UsageError) -> Int32? {
        words == ["--help"] || words == ["-h"] ? nil : DeviceModelCommand(words).run()
    }
}
