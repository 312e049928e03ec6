package dev.hone.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// What a command talks to: the process's streams, or a test's.
///
/// @param in standard input
/// @param out standard output: results; buffered, so flush what should be seen at once
/// @param err standard error: progress, notes and errors
/// @param inIsTerminal whether somebody types there
/// @param outIsTerminal whether somebody reads there
/// @param errIsTerminal whether somebody reads there
/// @param environment environment variables
record Shell(
    InputStream in,
    PrintStream out,
    PrintStream err,
    boolean inIsTerminal,
    boolean outIsTerminal,
    boolean errIsTerminal,
    Map<String, String> environment) {

  /// The process's own. Which of its descriptors are terminals the launcher passes as
  /// `hone.terminals`, such as `02`: the JDK tells of standard input and output together only.
  static Shell ofProcess() {
    var both = System.console() != null && System.console().isTerminal() ? "012" : "";
    var terminals = System.getProperty("hone.terminals", both);
    return new Shell(
        new FileInputStream(FileDescriptor.in),
        new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8),
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
        terminals.contains("0"),
        terminals.contains("1"),
        terminals.contains("2"),
        System.getenv());
  }

  /// Whether a conversation can be led: somebody types and reads.
  boolean isInteractive() {
    return inIsTerminal && outIsTerminal;
  }

  /// Whether stack traces are wanted.
  boolean isDebugging() {
    return "1".equals(environment.get("HONE_DEBUG"));
  }
}
