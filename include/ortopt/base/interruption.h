#pragma once

namespace ortopt {

/// For programs, once, at their start: when SIGINT, SIGTERM or SIGHUP ends the process, what an
/// unfinished `save` has given a name, and every TemporaryFolder, is removed first. (Files without
/// a name, which is what `save` writes where it can, go by themselves, whatever ends the process.)
void remove_temporary_files_when_interrupted();

}  // namespace ortopt
