package dev.hone.cli;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `hone serve key add`.
@Command(
    name = "add",
    header = "Makes a key, and prints its secret this once.",
    description = {
      "",
      "Only a hash of the secret is kept. Once there is a key, a server that starts on the data"
          + " directory answers nobody without one.",
      ""
    },
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  hone serve key add --name build",
      "  hone serve key add --name shop --tenant shop --scopes inference --rate 60 --tokens 1000000"
    })
final class KeyAddCommand implements Callable<Integer> {
  @Option(names = "--name", required = true, paramLabel = "NAME", description = "For people.")
  private String name;

  @Option(
      names = "--tenant",
      paramLabel = "NAME",
      description = "Whose files, jobs and models it reaches. Default: local, as without keys.")
  private String tenant = "local";

  @Option(
      names = "--scopes",
      paramLabel = "SCOPES",
      split = ",",
      description =
          "What it allows: inference, fine_tuning (also files and models), admin (who else may ask"
              + " a model). Default: the first two.")
  private List<String> scopes = List.of("inference", "fine_tuning");

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "Requests a minute. Default: any number.")
  private Optional<Integer> rate = Optional.empty();

  @Option(
      names = "--tokens",
      paramLabel = "N",
      description = "Tokens over its life, of prompts and answers. Default: any number.")
  private Optional<Long> tokens = Optional.empty();

  @Option(
      names = "--file-quota",
      paramLabel = "SIZE",
      converter = ByteSize.class,
      description = "What its tenant may store. Default: as it is, or as the server says.")
  private Optional<Long> fileQuota = Optional.empty();

  @Mixin private StateOptions state;
  @Mixin private HelpOption help;

  private final Shell shell;

  KeyAddCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException {
    rate.ifPresent(n -> Bounds.atLeast(1, "--rate", n));
    tokens.ifPresent(n -> Bounds.between(1, Long.MAX_VALUE, "--tokens", n));
    var wish =
        new ServerKeys.Wish(
            tenant,
            name,
            scopes,
            rate.map(OptionalInt::of).orElse(OptionalInt.empty()),
            tokens.map(OptionalLong::of).orElse(OptionalLong.empty()),
            fileQuota);
    new ServerKeys(shell, state.settings()).add(wish);
    return ErrorReport.FINE;
  }
}
