import Commands
import Glibc

exit(Command.run())
