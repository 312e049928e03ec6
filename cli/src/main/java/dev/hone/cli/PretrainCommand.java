package dev.hone.cli;

import dev.hone.tune.pretrain.Architecture;
import dev.hone.tune.pretrain.Pretraining;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `hone pretrain`: a corpus in, a new model out.
@Command(
    name = "pretrain",
    header = "Trains a new model on a corpus, from nothing.",
    description = {
      "",
      "Holds out a few documents of each source, learns a byte-level BPE vocabulary, and trains a"
          + " model of the Llama architecture on every document. Writes --out/model, a Hugging Face"
          + " directory, beside what it was made from. Ctrl-C ends the step, saves, and exits with"
          + " code 1; --resume then goes on to the same result.",
      "Options may stand in a file, one per line or several, that is named as @FILE; # begins a"
          + " comment. base/recipe/pretrain.args is one. What is said again, later, holds.",
      ""
    },
    sortOptions = false,
    customSynopsis = "hone pretrain --data=FILE... --out=DIR [OPTIONS]",
    footer = {
      "",
      "Examples:",
      "  hone pretrain --data corpus.jsonl.gz --out runs/new",
      "  hone pretrain --data prose-00.jsonl.gz wiki-00.jsonl.gz --out runs/base \\",
      "    --vocab-size 4096 --layers 4 --width 192 --mlp 512 --schedule wsd --lr 3e-3"
    })
final class PretrainCommand implements Callable<Integer> {
  @Option(
      names = "--data",
      required = true,
      arity = "1..*",
      paramLabel = "FILE",
      description =
          "The corpus: .jsonl with a field text, or .txt, whose documents are parted by two empty"
              + " lines; each also gzipped.")
  private List<Path> data;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Where everything goes; a new or empty directory.")
  private Path out;

  @Option(
      names = "--resume",
      description = "Go on with the run in --out; give all other options as they were.")
  private boolean isResumed;

  @Option(
      names = "--held-out",
      paramLabel = "SHARE",
      description =
          "Of the documents, at most some 200,000 characters of each source. Default: 0.005.")
  private double heldOutShare = 0.005;

  @Option(
      names = "--tokenizer",
      paramLabel = "DIR",
      description = "A directory with a tokenizer to use. Default: one is learned.")
  private Optional<Path> tokenizer = Optional.empty();

  @Mixin private ThreadsOption threads;
  @Mixin private HelpOption help;
  @Mixin private ShapeOptions shape;
  @Mixin private TrainingOptions training;
  @Mixin private WatchOptions watch;

  @Spec private CommandSpec spec;

  private final Shell shell;

  PretrainCommand(Shell shell) {
    this.shell = shell;
  }

  /// The model's shape.
  @Command(header = "The model:")
  static final class ShapeOptions {
    @Option(
        names = "--vocab-size",
        paramLabel = "N",
        description = "Tokens, special ones and bytes included. Default: 8192.")
    private int vocabSize = 8192;

    @Option(names = "--layers", paramLabel = "N", description = "Blocks. Default: 8.")
    private int numLayers = 8;

    @Option(
        names = "--width",
        paramLabel = "N",
        description = "Of the residual stream. Default: 256.")
    private int hiddenSize = 256;

    @Option(names = "--heads", paramLabel = "N", description = "Query heads. Default: 4.")
    private int numHeads = 4;

    @Option(
        names = "--kv-heads",
        paramLabel = "N",
        description = "Key and value heads. Default: 2.")
    private int numKvHeads = 2;

    @Option(names = "--mlp", paramLabel = "N", description = "Width of the MLP. Default: 688.")
    private int intermediateSize = 688;

    @Option(
        names = "--context",
        paramLabel = "TOKENS",
        description = "The longest sequence; longer documents go on in further ones. Default: 512.")
    private int contextLength = 512;

    Architecture architecture() {
      return new Architecture(
          Bounds.atLeast(1, "--vocab-size", vocabSize),
          Bounds.atLeast(2, "--width", hiddenSize),
          Bounds.atLeast(1, "--mlp", intermediateSize),
          Bounds.atLeast(1, "--layers", numLayers),
          Bounds.atLeast(1, "--heads", numHeads),
          Bounds.atLeast(1, "--kv-heads", numKvHeads),
          Bounds.atLeast(2, "--context", contextLength));
    }
  }

  @Override
  public Integer call() throws IOException {
    var hyper = training.hyper(watch);
    var request =
        new Pretraining.Request(
            data,
            out,
            tokenizer,
            shape.architecture(),
            Bounds.share("--held-out", heldOutShare),
            hyper.seed());
    var typed = spec.root().commandLine().getParseResult().originalArgs();
    return new Pretrain(shell, request, hyper, threads.count(), isResumed, typed)
        .run(watch.probe(), watch.isProfiled());
  }
}
