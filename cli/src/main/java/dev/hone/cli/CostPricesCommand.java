package dev.hone.cli;

import dev.hone.ladder.cost.Price;
import dev.hone.ladder.cost.PriceBook;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `hone cost prices`: what the price book has.
@Command(
    name = "prices",
    header = "Lists the price book, or what in it has these words.",
    sortOptions = false,
    customSynopsis = "hone cost prices [WORDS] [OPTIONS]",
    footer = {"", "Examples:", "  hone cost prices gpt-6", "  hone cost prices H100 community"})
final class CostPricesCommand implements Callable<Integer> {
  @Parameters(arity = "0..*", paramLabel = "WORDS", description = "All must be in a name.")
  private List<String> words = List.of();

  @Option(names = "--prices", paramLabel = "FILE", description = "Prices of your own.")
  private Optional<Path> file = Optional.empty();

  @Mixin private HelpOption help;

  private final Shell shell;

  CostPricesCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException {
    var book = PriceBook.open(LocalDate.now());
    var prices = file.isPresent() ? book.with(file.get()) : book;
    prices.prices().stream().filter(this::isWanted).map(Price::words).forEach(shell.out()::println);
    return ErrorReport.FINE;
  }

  private boolean isWanted(Price price) {
    var name = price.name().toLowerCase(Locale.ROOT);
    return words.stream().allMatch(word -> name.contains(word.toLowerCase(Locale.ROOT)));
  }
}
