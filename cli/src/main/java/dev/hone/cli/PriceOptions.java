package dev.hone.cli;

import dev.hone.ladder.cost.ItemKind;
import dev.hone.ladder.cost.Machine;
import dev.hone.ladder.cost.Money;
import dev.hone.ladder.cost.Price;
import dev.hone.ladder.cost.PriceBook;
import dev.hone.model.UsageException;
import dev.hone.tensor.Processor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Traffic and prices, for every command that counts money.
@Command(header = "Traffic and prices:")
final class PriceOptions {
  private static final String OWN = "own";
  private static final String HOSTED = "openai/gpt-6-luna";

  @Option(
      names = "--requests-per-day",
      paramLabel = "N",
      description = "Questions that are asked each day.")
  private Optional<Double> requests = Optional.empty();

  @Option(
      names = "--prices",
      paramLabel = "FILE",
      description = "Prices of your own, which count in place of Hone's (docs/cost.md).")
  private Optional<Path> file = Optional.empty();

  @Option(
      names = "--hosted",
      paramLabel = "ITEM",
      description = "Hosted model to compare with. Default: " + HOSTED + ".")
  private Optional<String> hosted = Optional.empty();

  @Option(
      names = "--host",
      paramLabel = "own|ITEM",
      description =
          "What a model of yours runs on: own, a machine that you have anyway, or an item of the"
              + " price book. Default: its smallest machine with this one's processors.")
  private Optional<String> host = Optional.empty();

  @Option(
      names = "--machine-price",
      paramLabel = "USD",
      description = "What an hour of your own machine counts. Default: 0, it is there anyway.")
  private Optional<Double> machinePrice = Optional.empty();

  @Option(
      names = "--machine-rate",
      paramLabel = "N",
      description = "Answers a second of one such machine. Default: as timed here, else unknown.")
  private Optional<Double> machineRate = Optional.empty();

  /// Each day; empty where the user does not say.
  OptionalDouble requestsPerDay() {
    return requests
        .map(n -> OptionalDouble.of(Bounds.positive("--requests-per-day", n)))
        .orElse(OptionalDouble.empty());
  }

  /// For a command that says nothing of money where traffic is not given.
  void refuseWithoutTraffic() {
    boolean isGiven =
        Stream.of(hosted, host, machinePrice, machineRate).anyMatch(Optional::isPresent);
    if (requests.isEmpty() && isGiven) {
      throw new UsageException(
          "--hosted, --host, --machine-price and --machine-rate price traffic, and none is given",
          "add --requests-per-day N");
    }
  }

  /// Whether the model to compare with was named.
  boolean namesHosted() {
    return hosted.isPresent();
  }

  PriceBook book() throws IOException {
    var book = PriceBook.open(LocalDate.now());
    return file.isPresent() ? book.with(file.get()) : book;
  }

  Price hosted(PriceBook book) {
    return book.find(hosted.orElse(HOSTED), kind -> kind == ItemKind.MODEL);
  }

  Machine machine(PriceBook book) {
    boolean isOwn =
        host.filter(OWN::equals).isPresent() || host.isEmpty() && machinePrice.isPresent();
    if (isOwn) {
      double usd = machinePrice.map(p -> Bounds.notNegative("--machine-price", p)).orElse(0.0);
      return Machine.own(Money.of(usd));
    }
    if (machinePrice.isPresent()) {
      throw new UsageException(
          "--machine-price is of your own machine, and --host %s names another"
              .formatted(host.orElseThrow()),
          "leave one of them out");
    }
    if (host.isPresent()) {
      return Machine.of(
          book,
          book.find(host.get(), kind -> kind == ItemKind.MACHINE || kind == ItemKind.DEPLOYMENT));
    }
    int cores = Processor.cores();
    return Machine.withProcessors(book, cores)
        .orElseThrow(() ->
            new UsageException(
                "the price book has no machine with %d processors".formatted(cores),
                "name one with --host, or --host own --machine-price USD"));
  }

  /// Seconds for an answer, as the user says.
  OptionalDouble secondsPerAnswer() {
    return machineRate
        .map(rate -> OptionalDouble.of(1 / Bounds.positive("--machine-rate", rate)))
        .orElse(OptionalDouble.empty());
  }
}
