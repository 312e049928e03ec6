package dev.hone.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `hone merge`: base and adapter become one plain model.
@Command(
    name = "merge",
    header = "Merges an adapter into its base.",
    description = {
      "",
      "Writes a plain Hugging Face directory that needs no adapter any more. It is opened again and"
          + " must give the logits of base and adapter; else nothing is left behind.",
      ""
    },
    sortOptions = false,
    customSynopsis = "hone merge --base=hone|DIR|ORG/NAME --adapter=DIR --out=DIR [OPTIONS]",
    footer = {
      "",
      "Examples:",
      "  hone merge --base models/base --adapter runs/first --out models/mine",
      "  hone merge --base models/base --adapter runs/first --out models/mine-f32 --dtype float32"
    })
final class MergeCommand implements Callable<Integer> {
  /// The words of `--dtype`, as `torch_dtype` in `config.json` has them.
  enum WeightType {
    float32,
    float16,
    bfloat16
  }

  @Option(
      names = "--base",
      required = true,
      paramLabel = "hone|DIR|ORG/NAME",
      converter = BaseConverter.class,
      description = "The model that the adapter was trained on; hone is the embedded one.")
  private Path base;

  @Option(names = "--adapter", required = true, paramLabel = "DIR", description = "The adapter.")
  private Path adapter;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Where the model goes; a new or empty directory.")
  private Path out;

  @Option(
      names = "--dtype",
      paramLabel = "float32|float16|bfloat16",
      description = "What all weights are stored in. Default: as in the base.")
  private Optional<WeightType> dtype = Optional.empty();

  @Option(names = "--overwrite", description = "Replace a model that stands at --out already.")
  private boolean isOverwriting;

  @Mixin private HelpOption help;

  private final Shell shell;

  MergeCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException {
    MergedModel.write(HubBase.bring(shell, base), adapter, out, dtype, isOverwriting)
        .forEach(shell.out()::println);
    return ErrorReport.FINE;
  }
}
