import Commands
import Glibc

exit(CompileCommand.description.run())
