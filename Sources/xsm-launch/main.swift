import Commands
import Glibc

// In QEMU's place it has QEMU's arguments only.
let words = Array(CommandLine.arguments.dropFirst())
switch CommandLine.arguments.first?.split(separator: "/").last {
case "xsm-qemu": exit(DeviceModelCommand(words).run())
case "xsm-qemu-trace": exit(DeviceModelCommand(words, traced: .ofEnvironment()).run())
default: exit(Command.run())
}
