package dev.hone.cli;

import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.GgufFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `hone export`: a model, or an adapter, in the form that another program reads.
@Command(
    name = "export",
    header = "Writes a model or an adapter for other programs.",
    description = {
      "",
      "Forms: peft (the adapter, for PEFT and vLLM), hf (a Hugging Face directory), gguf (one file,"
          + " for llama.cpp, LM Studio and others), gguf-lora (the adapter, for llama.cpp) and"
          + " ollama (a GGUF file and a Modelfile). What was written is opened again, and what"
          + " other programs will refuse or do otherwise is said.",
      "",
      "With --data the held-out loss of what was written is measured beside that of the model as"
          + " it was trained; without --type as well, BF16, Q8_0 and Q4_K are all measured and the"
          + " smallest is kept whose loss is at most 1 %% higher.",
      ""
    },
    sortOptions = false,
    customSynopsis =
        "hone export --base=hone|DIR|ORG/NAME|FILE [--adapter=DIR] --to=FORM --out=PATH [OPTIONS]",
    footer = {
      "",
      "Examples:",
      "  hone export --base models/base --adapter runs/first --to gguf --out mine.gguf",
      "  hone export --base models/base --adapter runs/first --to ollama --out mine --data"
          + " valid.jsonl",
      "  hone export --base models/base --adapter runs/first --to gguf-lora --out mine-lora.gguf",
      "  hone export --base model-q4.gguf --to hf --out models/unpacked"
    })
final class ExportCommand implements Callable<Integer> {
  @Option(
      names = "--base",
      required = true,
      paramLabel = "hone|DIR|ORG/NAME|FILE",
      converter = BaseConverter.class,
      description =
          "The model: a Hugging Face directory, a GGUF file, or hone for the embedded one.")
  private Path base;

  @Option(names = "--adapter", paramLabel = "DIR", description = "An adapter for it.")
  private Optional<Path> adapter = Optional.empty();

  @Option(
      names = "--to",
      required = true,
      paramLabel = "FORM",
      converter = ExportTarget.Converter.class,
      description = "peft, hf, gguf, gguf-lora or ollama.")
  private ExportTarget target;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "PATH",
      description = "Where it goes: a new file for gguf and gguf-lora, a new directory for others.")
  private Path out;

  @Option(
      names = "--type",
      paramLabel = "TYPE",
      description =
          "What matrices are stored in: F32, F16 or BF16, and in GGUF files also Q8_0, Q4_0 or"
              + " Q4_K. Default: Q8_0 for GGUF, F32 for hf.")
  private Optional<String> type = Optional.empty();

  @Option(
      names = "--data",
      paramLabel = "FILE",
      description = "Held-out rows to measure the loss of what was written on.")
  private Optional<Path> data = Optional.empty();

  @Mixin private ThreadsOption threads;
  @Mixin private HelpOption help;
  @Mixin private DataOptions rows;

  private final Shell shell;

  ExportCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException {
    var wish =
        new Exporting.Wish(
            HubBase.bring(shell, base),
            adapter,
            target,
            format(),
            out,
            data.map(rows::source),
            rows,
            threads.count());
    new Exporting(shell, wish).run();
    return ErrorReport.FINE;
  }

  private Optional<GgufFormat> format() {
    if (type.isPresent() && target.isAdapter()) {
      throw new UsageException(
          "--type has no effect with --to " + target, "leave it out: adapters stay float32");
    }
    return type.map(word ->
        GgufFormat.byName(word)
            .orElseThrow(() ->
                new UsageException(
                    "--type %s: there is no such type".formatted(word),
                    "the types are "
                        + Arrays.stream(GgufFormat.values())
                            .map(GgufFormat::name)
                            .collect(Collectors.joining(", ")))));
  }
}
