package dev.hone.cli;

import dev.hone.tune.trace.Success;
import dev.hone.tune.trace.TraceRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `hone data from-traces`: rows of what agents have logged.
@Command(
    name = "from-traces",
    header = "Makes rows to train on from what agents and models have logged.",
    description = {
      "",
      "Reads OpenAI's requests with their responses, stored completions and conversations, and"
          + " LangChain4j's chat memories: .jsonl, one a line, or .json, each also gzipped"
          + " (docs/data-format.md).",
      "A trace whose tool call broke, or that has no answer, is left out and counted by its reason;"
          + " what a longer trace begins with is merged into it.",
      ""
    },
    sortOptions = false,
    customSynopsis = "hone data from-traces FILE... --out=FILE [OPTIONS]",
    footer = {
      "",
      "Examples:",
      "  hone data from-traces log.jsonl --out train.jsonl",
      "  hone data from-traces log.jsonl --success metadata.resolved=true --out train.jsonl",
      "  hone data from-traces memories.jsonl --tools tools.json --out train.jsonl"
    })
final class DataFromTracesCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", arity = "1..*", description = "Traces: .jsonl, .ndjson, .json.")
  private List<Path> files = List.of();

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "Where the rows go: a .jsonl file.")
  private Path out;

  @Option(
      names = "--success",
      paramLabel = "FIELD[=VALUE]",
      description = {
        "Take the traces whose field has this value; without one, those where it is true, a number"
            + " above 0, or a text other than false, no and 0. The field is looked for in the"
            + " trace and its metadata, nested names joined by dots. Default: take all."
      })
  private Optional<String> success = Optional.empty();

  @Option(
      names = "--tools",
      paramLabel = "FILE",
      description = "A JSON list of the tools that were on offer, for traces that name none.")
  private Optional<Path> tools = Optional.empty();

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean isJson;

  @Mixin private HelpOption help;

  private final Shell shell;

  DataFromTracesCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException {
    DataFromTraces.run(
        new TraceRequest(files, out, tools, success.map(Success::parse)), shell.out(), isJson);
    return ErrorReport.FINE;
  }
}
