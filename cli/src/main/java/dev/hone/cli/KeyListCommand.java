package dev.hone.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `hone serve key list`.
@Command(
    name = "list",
    header = "Lists the keys of a server, newest first, without their secrets.",
    sortOptions = false,
    footer = {"", "Example:", "  hone serve key list --data-dir /var/lib/hone"})
final class KeyListCommand implements Callable<Integer> {
  @Option(names = "--json", description = "Print a JSON array.")
  private boolean isJson;

  @Mixin private StateOptions state;
  @Mixin private HelpOption help;

  private final Shell shell;

  KeyListCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException {
    new ServerKeys(shell, state.settings()).list(isJson);
    return ErrorReport.FINE;
  }
}
