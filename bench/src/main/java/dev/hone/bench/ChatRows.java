package dev.hone.bench;

import dev.hone.model.text.Renderers;
import dev.hone.model.text.Tokenizer;
import dev.hone.tune.data.DataGate;
import dev.hone.tune.data.Example;
import dev.hone.tune.data.Source;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/// Prints a data file as the rows of token ids that `hone tune` makes of it, for [StepBench] and
/// for the rival.
@Command(
    name = "rows",
    description = "Prints a data file as rows of token ids, rendered and tokenised as tune does.")
public final class ChatRows implements Callable<Integer> {
  private static final int MAX_LENGTH = 1024;

  @Parameters(index = "0", paramLabel = "MODEL", description = "Directory of the tokenizer.")
  private Path model;

  @Parameters(index = "1", paramLabel = "DATA", description = "Rows, each with one answer.")
  private Path data;

  public static void main(String... args) {
    System.exit(new CommandLine(new ChatRows()).execute(args));
  }

  @Override
  public Integer call() throws IOException {
    var renderer = Renderers.open(model, Tokenizer.open(model), Optional.empty());
    var rows = new ArrayList<Map<String, Object>>();
    new DataGate(renderer, MAX_LENGTH, false)
        .checkHeldOut(new Source(data), (_, examples) -> rows.addAll(fileRows(examples)))
        .refuseErrors();
    System.out.println(JsonMapper.shared().writeValueAsString(rows));
    return 0;
  }

  private static List<Map<String, Object>> fileRows(List<Example> examples) {
    return examples.stream().map(ChatRows::fileRow).toList();
  }

  /// What stands behind the last target changes nothing, and is left out.
  private static Map<String, Object> fileRow(Example example) {
    int from = example.trained().nextSetBit(0);
    int to = example.trained().length();
    if (from < 0 || example.trained().nextClearBit(from) != to) {
      throw new IllegalArgumentException(
          "rows: one run of targets is needed, got %s".formatted(example.trained()));
    }
    return Map.of("ids", Arrays.copyOf(example.ids(), to), "trained_from", from);
  }
}
