package dev.hone.cli;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `hone serve audit`.
@Command(
    name = "audit",
    header = "Lists who did what to files, jobs, models and keys, newest first.",
    sortOptions = false,
    footer = {"", "Example:", "  hone serve audit --tenant shop --last 200"})
final class AuditCommand implements Callable<Integer> {
  @Option(names = "--tenant", paramLabel = "NAME", description = "Default: all.")
  private Optional<String> tenant = Optional.empty();

  @Option(names = "--last", paramLabel = "N", description = "How many. Default: 50.")
  private int last = 50;

  @Option(names = "--json", description = "Print a JSON array.")
  private boolean isJson;

  @Mixin private StateOptions state;
  @Mixin private HelpOption help;

  private final Shell shell;

  AuditCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException {
    int most = (int) Bounds.between(1, AuditLog.MOST, "--last", last);
    new AuditLog(shell, state.settings()).print(tenant, most, isJson);
    return ErrorReport.FINE;
  }
}
