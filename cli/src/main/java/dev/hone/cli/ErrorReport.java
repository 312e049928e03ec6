package dev.hone.cli;

import dev.hone.hub.HubException;
import dev.hone.model.UsageException;
import dev.hone.tune.train.DivergedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/// How failures reach the user: one clear message, where there is one a hint, and an exit code. A
/// stack trace only where the environment says `HONE_DEBUG=1`.
final class ErrorReport implements IParameterExceptionHandler, IExecutionExceptionHandler {
  static final int FINE = 0;
  static final int FAILED = 1;
  static final int BAD_INPUT = 2;

  private static final String MEMORY_HINT =
      "lower --micro-batch-tokens or --max-length, add --recompute on, or give the JVM's heap more:"
          + " HONE_JAVA_OPTS=-Xmx8g";
  private static final String DIVERGED_HINT =
      "begin again in another --out, with a lower --lr or a higher --warmup-ratio";
  private static final String NATIVES_HINT =
      "name a directory that can be written to: HONE_JAVA_OPTS=-Dhone.natives=DIR";
  private static final String BUG_HINT = "please report it, with what HONE_DEBUG=1 prints";

  private final Shell shell;

  ErrorReport(Shell shell) {
    this.shell = shell;
  }

  @Override
  public int handleParseException(ParameterException failure, String[] args) {
    var unmatched = failure.getCommandLine().getUnmatchedArguments();
    // picocli complains of what is missing first; a misspelt option is both missing and not known.
    return failure instanceof MissingParameterException && !unmatched.isEmpty()
        ? reportUnmatched(new UnmatchedArgumentException(failure.getCommandLine(), unmatched))
        : failure instanceof UnmatchedArgumentException e
            ? reportUnmatched(e)
            : report(
                failure,
                failure.getMessage().lines().findFirst().orElse("bad input"),
                helpHint(failure),
                BAD_INPUT);
  }

  private int reportUnmatched(UnmatchedArgumentException failure) {
    var argument = failure.getUnmatched().getFirst();
    var kind =
        failure.isUnknownOption()
            ? "unknown option: "
            : failure.getCommandLine().getSubcommands().isEmpty()
                ? "unexpected argument: "
                : "unknown command: ";
    var suggestions = failure.getSuggestions();
    var hint =
        suggestions.isEmpty()
            ? helpHint(failure)
            : "did you mean " + String.join(" or ", suggestions) + "?";
    return report(failure, kind + argument, hint, BAD_INPUT);
  }

  private static String helpHint(ParameterException failure) {
    return failure.getCommandLine().getCommandSpec().qualifiedName()
        + " --help lists what there is";
  }

  @Override
  public int handleExecutionException(
      Exception failure, CommandLine commandLine, ParseResult parsed) {
    // picocli hands an Error over inside an exception of its own.
    return report(
        failure instanceof CommandLine.ExecutionException && failure.getCause() != null
            ? failure.getCause()
            : failure);
  }

  private int report(Throwable failure) {
    return switch (failure) {
      case UsageException e -> report(e, e.getMessage(), e.hint(), BAD_INPUT);
      case UncheckedIOException e -> report(e, message(e.getCause()), "", FAILED);
      case HubException e -> report(e, e.getMessage(), e.hint(), FAILED);
      case IOException e -> report(e, message(e), "", FAILED);
      case ExceptionInInitializerError e when e.getCause() instanceof UncheckedIOException io ->
          report(e, io.getMessage() + ": " + message(io.getCause()), NATIVES_HINT, FAILED);
      case OutOfMemoryError e -> report(e, "out of memory: " + e.getMessage(), MEMORY_HINT, FAILED);
      case DivergedException e -> report(e, e.getMessage(), DIVERGED_HINT, FAILED);
      default -> report(failure, "this is a bug in Hone: " + failure, BUG_HINT, FAILED);
    };
  }

  /// What the file system said, without its class names.
  private static String message(IOException failure) {
    return switch (failure) {
      case NoSuchFileException e -> e.getFile() + ": no such file or directory";
      case AccessDeniedException e -> e.getFile() + ": permission denied";
      case FileSystemException e when e.getReason() != null -> e.getFile() + ": " + e.getReason();
      case IOException e when e.getMessage() != null -> e.getMessage();
      case IOException e -> e.getClass().getSimpleName();
    };
  }

  private int report(Throwable failure, String message, String hint, int exitCode) {
    shell.out().flush();
    shell.err().println("error: " + message);
    if (!hint.isEmpty()) {
      shell.err().println("hint: " + hint);
    }
    if (shell.isDebugging()) {
      failure.printStackTrace(shell.err());
    }
    return exitCode;
  }
}
