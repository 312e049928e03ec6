package dev.hone.cli;

import dev.hone.ladder.cost.PriceBook;
import dev.hone.model.UsageException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// How a hosted model is asked, for a command that measures one.
@Command(header = "A hosted model:")
final class AskingOptions {
  @Option(
      names = "--budget",
      paramLabel = "USD",
      description = "The most that this run may cost; no call is made that might pass it.")
  private Optional<Double> budget = Optional.empty();

  @Option(
      names = "--prices",
      paramLabel = "FILE",
      description = "Prices of your own, which count in place of Hone's (docs/cost.md).")
  private Optional<Path> prices = Optional.empty();

  @Option(
      names = "--key-file",
      paramLabel = "FILE",
      description = "Holds the key. Default: from the environment.")
  private Optional<Path> keyFile = Optional.empty();

  @Option(
      names = "--concurrency",
      paramLabel = "N",
      description = "What is asked at the same time. Default: 4.")
  private Optional<Integer> concurrency = Optional.empty();

  void refuseForLocalModel() {
    if (Stream.of(budget, prices, keyFile, concurrency).anyMatch(Optional::isPresent)) {
      throw new UsageException(
          "--budget, --prices, --key-file and --concurrency are of hosted models",
          "leave them out for one on this machine");
    }
  }

  Spending spending() throws IOException {
    var book = PriceBook.open(LocalDate.now());
    return Spending.of(budget, prices.isPresent() ? book.with(prices.get()) : book);
  }

  Optional<Path> keyFile() {
    return keyFile;
  }

  int concurrency() {
    return Bounds.atLeast(1, "--concurrency", concurrency.orElse(DataFromModelCommand.AT_ONCE));
  }
}
