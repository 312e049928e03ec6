package dev.hone.cli;

import java.io.FileDescriptor;

/// Gives the process its true standard error back.
///
/// A JVM that uses the Vector API prints a warning about incubating modules before any of our code
/// runs, and has no switch against it. So the launcher starts the JVM with file descriptor 2 going
/// through a filter, and the true standard error as descriptor `hone.stderr.fd`. Copying that over
/// descriptor 2 leaves nothing in between: it is a terminal again where it was one, native code and
/// child processes write to it too, and the filter ends.
///
/// The JDK's own `dup2` is reached by reflection: through the foreign-function API the same call
/// costs 0.2 s of every start (docs/decisions/0003).
final class StandardError {
  private StandardError() {}

  /// Does nothing when the launcher passed no descriptor.
  static void restore() {
    var fd = Integer.getInteger("hone.stderr.fd");
    if (fd == null) return;
    try {
      var descriptor = FileDescriptor.class.getDeclaredConstructor(int.class);
      descriptor.setAccessible(true);
      var dup =
          Class.forName("sun.nio.ch.DatagramDispatcher")
              .getDeclaredMethod("dup0", FileDescriptor.class, FileDescriptor.class);
      dup.setAccessible(true);
      dup.invoke(null, descriptor.newInstance(fd), FileDescriptor.err);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this JDK cannot restore standard error", e);
    }
  }
}
