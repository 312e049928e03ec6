package dev.hone.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `hone serve key revoke`.
@Command(
    name = "revoke",
    header = "Makes a key open nothing from the next request on.",
    sortOptions = false,
    footer = {"", "Example:", "  hone serve key revoke 4fJk2mQz81Lx"})
final class KeyRevokeCommand implements Callable<Integer> {
  @Parameters(paramLabel = "ID", description = "Of hone serve key list.")
  private String id;

  @Mixin private StateOptions state;
  @Mixin private HelpOption help;

  private final Shell shell;

  KeyRevokeCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException {
    new ServerKeys(shell, state.settings()).revoke(id);
    return ErrorReport.FINE;
  }
}
