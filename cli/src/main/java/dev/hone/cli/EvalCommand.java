package dev.hone.cli;

import dev.hone.agent.AgentRequest;
import dev.hone.agent.AgentRequest.Base.Here;
import dev.hone.model.UsageException;
import dev.hone.tune.eval.EvalRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `hone eval`: how well a model predicts the answers of a file.
@Command(
    name = "eval",
    header = "Measures a model on a file of examples.",
    description = {
      "",
      "Prints held-out loss (nats per token), perplexity, bits per byte and token accuracy over the"
          + " answers in the file, prompts being given. A base and its adapter on the same file"
          + " show what training has gained.",
      "--metric answers lets the model answer each row, and prints exact match and F1 as SQuAD"
          + " defines them, against the row's answer or the list metadata.answers.",
      "--metric agent runs conversations with tools again, turn by turn, with the results that were"
          + " recorded, and prints which calls and conversations are right; with --system and"
          + " --adapter beside the base alone (docs/agents.md).",
      "--metric minimal-pairs reads lines with sentence_good, sentence_bad and UID, and prints how"
          + " often the good one is likelier, in all and per UID.",
      ""
    },
    sortOptions = false,
    customSynopsis = "hone eval --base=MODEL --data=FILE [OPTIONS]",
    footer = {
      "",
      "Examples:",
      "  hone eval --base models/base --data valid.jsonl",
      "  hone eval --base models/base --adapter runs/first --data valid.jsonl --json",
      "  hone eval --base models/base --data valid.jsonl --metric answers --answers answers.jsonl",
      "  hone eval --base models/base --adapter runs/first --data traces.jsonl --metric agent",
      "  hone eval --base openai:gpt-6-luna --data traces.jsonl --metric agent --budget 2",
      "  hone eval --base models/base --data blimp.jsonl --metric minimal-pairs"
    })
final class EvalCommand implements Callable<Integer> {
  /// The words of `--metric`.
  enum Metric {
    loss("loss"),
    answers("answers"),
    agent("agent"),
    minimalPairs("minimal-pairs");

    private final String word;

    Metric(String word) {
      this.word = word;
    }

    @Override
    public String toString() {
      return word;
    }
  }

  @Option(
      names = "--base",
      required = true,
      paramLabel = "MODEL",
      converter = ModelName.Converter.class,
      description =
          "The model: a Hugging Face directory, a GGUF file, org/name of the hub, or hone for the"
              + " embedded one. With --metric agent"
              + " also openai:MODEL, anthropic:MODEL, gemini:MODEL, ollama:MODEL, or URL#MODEL of a"
              + " server that speaks OpenAI's API.")
  private ModelName base;

  @Option(names = "--adapter", paramLabel = "DIR", description = "A LoRA adapter for it.")
  private Optional<Path> adapter = Optional.empty();

  @Option(
      names = "--data",
      required = true,
      paramLabel = "FILE",
      description = "Rows to measure on: .jsonl or .csv (docs/data-format.md).")
  private Path data;

  @Option(
      names = "--metric",
      paramLabel = "loss|answers|agent|minimal-pairs",
      description = "What is measured. Default: loss.")
  private Metric metric = Metric.loss;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      description =
          "With --metric answers or agent: the most tokens of an answer or a call. Default: 128.")
  private Optional<Integer> maxTokens = Optional.empty();

  @Option(
      names = "--system",
      paramLabel = "TEXT",
      description =
          "With --metric agent: measure the base with this system prompt, too, in place of the"
              + " rows' own.")
  private Optional<String> system = Optional.empty();

  @Option(
      names = "--max-steps",
      paramLabel = "N",
      description =
          "With --metric agent: the most calls and answers to one message of the user. Default: 8.")
  private Optional<Integer> maxSteps = Optional.empty();

  @Option(
      names = "--answers",
      paramLabel = "FILE",
      description = "With --metric answers or agent: where each answer goes, as JSON Lines.")
  private Optional<Path> answers = Optional.empty();

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean isJson;

  @Mixin private BaseDtypeOption dtype;
  @Mixin private ThreadsOption threads;
  @Mixin private HelpOption help;
  @Mixin private DataOptions rows;
  @Mixin private AskingOptions asking;

  private static final int DEFAULT_MAX_TOKENS = 128;
  private static final int DEFAULT_MAX_STEPS = 8;

  private final Shell shell;

  EvalCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException {
    refuseWhatDoesNotCount();
    base = base.brought(shell);
    switch (metric) {
      case loss -> eval().loss();
      case answers -> eval().answers(maxTokens(), answers);
      case agent -> agent();
      case minimalPairs -> eval().minimalPairs();
    }
    return ErrorReport.FINE;
  }

  private Eval eval() {
    return new Eval(shell, request(), isJson);
  }

  private int maxTokens() {
    return Bounds.atLeast(1, "--max-tokens", maxTokens.orElse(DEFAULT_MAX_TOKENS));
  }

  private void agent() throws IOException {
    int steps = Bounds.atLeast(1, "--max-steps", maxSteps.orElse(DEFAULT_MAX_STEPS));
    var source = rows.source(data);
    switch (base) {
      case ModelName.Local(var directory) -> {
        var here = new Here(directory, adapter, maxTokens(), threads.count());
        var request = new AgentRequest(here, system, source, steps);
        AgentReport.run(shell, request, answers, isJson);
      }
      case ModelName.Hosted(var name) -> {
        if (adapter.isPresent()) {
          throw new UsageException(
              "--adapter is for a model on this machine, and --base %s is not"
                  .formatted(name.text()),
              "leave it out");
        }
        var asked = new HostedAgent(name, system, source, maxTokens(), steps);
        asked.run(shell, asking, answers, isJson);
      }
    }
  }

  /// Where its weights are needed.
  private Path directory() {
    return switch (base) {
      case ModelName.Local(var directory) -> directory;
      case ModelName.Hosted(var name) ->
          throw new UsageException(
              "--metric %s needs a model on this machine, and --base %s is hosted"
                  .formatted(metric, name.text()),
              "--metric agent measures a hosted model, and hone advise compares its answers");
    };
  }

  private void refuseWhatDoesNotCount() {
    if (base instanceof ModelName.Local) {
      asking.refuseForLocalModel();
    }
    boolean isWriting = metric == Metric.answers || metric == Metric.agent;
    refuseUnless(isWriting, "--max-tokens", maxTokens.isPresent());
    refuseUnless(isWriting, "--answers", answers.isPresent());
    refuseUnless(metric == Metric.agent, "--max-steps", maxSteps.isPresent());
    refuseUnless(metric == Metric.agent, "--system", system.isPresent());
    refuseUnless(metric != Metric.agent, "--base-dtype", dtype.asked().isPresent());
    refuseUnless(metric == Metric.loss, "--max-length", rows.maxLength().isPresent());
    refuseUnless(metric == Metric.loss, "--train-on-prompt", rows.trainsOnPrompt());
  }

  private void refuseUnless(boolean counts, String option, boolean isGiven) {
    if (isGiven && !counts) {
      throw new UsageException(
          "%s has no effect with --metric %s".formatted(option, metric), "leave it out");
    }
  }

  /// What the options ask for.
  EvalRequest request() {
    return new EvalRequest(
        directory(),
        adapter,
        dtype.asked(),
        rows.source(data),
        rows.maxLength(),
        rows.trainsOnPrompt(),
        threads.count());
  }
}
