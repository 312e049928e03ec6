package dev.hone.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `hone demo`: everything once, on what comes with Hone.
@Command(
    name = "demo",
    header = "Fine-tunes the embedded model on example data, from check to chat.",
    description = {
      "",
      "Writes the support rows of a small shop to --out, checks them, fine-tunes the embedded model"
          + " on them, and shows its answers before and after. Then it indexes the shop's policies"
          + " and answers from them, and at last asks whether any of that was needed: every way,"
          + " cheapest first, on four tasks, with a verdict and a report for each. Nothing is"
          + " downloaded and nothing is computed in advance; it takes some minutes. Every command"
          + " that it runs is shown, to be typed with your own rows.",
      ""
    },
    sortOptions = false,
    customSynopsis = "hone demo [OPTIONS]",
    footer = {"", "Examples:", "  hone demo", "  hone demo --out /tmp/demo --threads 4"})
final class DemoCommand implements Callable<Integer> {
  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where everything goes; a new directory. Default: hone-demo.")
  private Path out = Path.of("hone-demo");

  @Mixin private ThreadsOption threads;
  @Mixin private HelpOption help;

  private final Shell shell;

  DemoCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException {
    return new Demo(shell, out, threads.count()).run();
  }
}
