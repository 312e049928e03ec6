package dev.hone.cli;

import dev.hone.model.UsageException;
import dev.hone.model.adapter.LayerChoice;
import dev.hone.model.adapter.LoraConfig;
import dev.hone.model.adapter.SavedModules;
import dev.hone.model.adapter.Targets;
import dev.hone.model.adapter.TrainedTokens;
import dev.hone.model.checkpoint.Checkpoint;
import dev.hone.model.checkpoint.CheckpointException;
import dev.hone.model.text.Tokenizer;
import dev.hone.tune.run.Method;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// The adapter that `hone tune` trains, by PEFT's names.
@Command(header = "The adapter of --method lora:")
final class AdapterOptions {
  private static final int DEFAULT_RANK = 16;
  private static final int DEFAULT_ITERATIONS = 8;
  private static final Pattern PISSA = Pattern.compile("pissa(_niter_(?<n>\\d{1,4}))?");

  @Option(
      names = "--rank",
      paramLabel = "R",
      description = "Inner dimension of the adapter. Default: 16.")
  private Optional<Integer> rank = Optional.empty();

  @Option(
      names = "--alpha",
      paramLabel = "A",
      description = "Numerator of the adapter's scale. Default: twice the rank.")
  private Optional<Double> alpha = Optional.empty();

  @Option(
      names = "--targets",
      paramLabel = "NAMES",
      description =
          "Which layers are adapted: all-linear, or names such as q_proj,v_proj; on Phi-3 qkv_proj"
              + " too, which means q, k and v. Default: all-linear.")
  private Optional<String> targets = Optional.empty();

  @Option(
      names = "--exclude-modules",
      paramLabel = "NAMES",
      description = "Layers that are left alone although --targets means them.")
  private Optional<String> exclude = Optional.empty();

  @Option(
      names = "--layers-to-transform",
      paramLabel = "N",
      split = ",",
      description = "Only these layers are adapted, by number from 0. Default: all.")
  private List<Integer> layers = List.of();

  @Option(
      names = "--rank-pattern",
      paramLabel = "NAME=R",
      split = ",",
      description =
          "Other ranks by name, such as down_proj=4,layers.0.self_attn.q_proj=8; the first that"
              + " matches counts.")
  private Map<String, Integer> rankPattern = new LinkedHashMap<>();

  @Option(
      names = "--alpha-pattern",
      paramLabel = "NAME=A",
      split = ",",
      description = "Other alphas by name, in the same way.")
  private Map<String, Double> alphaPattern = new LinkedHashMap<>();

  @Option(
      names = "--dropout",
      paramLabel = "P",
      description = "Dropout on what the adapter sees. Default: 0.")
  private Optional<Double> dropout = Optional.empty();

  @Option(names = "--rslora", description = "Scale by alpha/√rank instead of alpha/rank (rsLoRA).")
  private boolean useRslora;

  @Option(
      names = "--dora",
      description =
          "Learn the length of each row of the adapted weights by itself (DoRA); costs time.")
  private boolean useDora;

  @Option(
      names = "--modules-to-save",
      paramLabel = "NAME",
      split = ",",
      description =
          "Train these as a whole beside the adapter: embed_tokens, lm_head, or norms by name.")
  private List<String> saved = List.of();

  @Option(
      names = "--ensure-weight-tying",
      description = "With --modules-to-save: a head that is the embedding stays it.")
  private boolean ensuresTying;

  @Option(
      names = "--train-tokens",
      paramLabel = "TOKEN",
      description =
          "Train the row that this token has in the embedding, and in a head of its own, beside the"
              + " adapter; may be repeated. hone tokens adds new tokens to a model.")
  private List<String> tokens = List.of();

  @Option(
      names = "--lora-plus-ratio",
      paramLabel = "X",
      description = "Learn the adapter's up-projections at X times the rate (LoRA+). Default: 1.")
  private Optional<Double> plusRatio = Optional.empty();

  @Option(
      names = "--init",
      paramLabel = "pissa",
      description =
          "Begin in the principal directions of the weights (PiSSA), found in 8 iterations, or N"
              + " with pissa_niter_N. What is written is a plain adapter of twice the rank."
              + " Default: begin by changing nothing.")
  private Optional<String> init = Optional.empty();

  /// @param base the model, whose tokenizer knows the tokens
  Method.Lora method(Path base) throws CheckpointException {
    double ratio = Bounds.positive("--lora-plus-ratio", plusRatio.orElse(1.0));
    return new Method.Lora(
        config(base), ratio, init.map(AdapterOptions::iterations).orElse(OptionalInt.empty()));
  }

  private static OptionalInt iterations(String init) {
    var matcher = PISSA.matcher(init);
    if (!matcher.matches()) {
      throw new UsageException(
          "--init " + init + " is none that Hone knows", "give pissa, or pissa_niter_4");
    }
    var number = matcher.group("n");
    return OptionalInt.of(number == null ? DEFAULT_ITERATIONS : Integer.parseInt(number));
  }

  private LoraConfig config(Path base) throws CheckpointException {
    int r = Bounds.atLeast(1, "--rank", rank.orElse(DEFAULT_RANK));
    layers.forEach(layer -> Bounds.atLeast(0, "--layers-to-transform", layer));
    rankPattern.forEach((key, value) -> Bounds.atLeast(1, "--rank-pattern " + key, value));
    alphaPattern.forEach((key, value) -> Bounds.positive("--alpha-pattern " + key, value));
    return new LoraConfig(
        r,
        Bounds.positive("--alpha", alpha.orElse(2.0 * r)),
        Targets.parse(targets.orElse(Targets.ALL_LINEAR)),
        Bounds.share("--dropout", dropout.orElse(0.0)),
        useRslora,
        useDora,
        rankPattern,
        alphaPattern,
        exclude.map(Targets::parse),
        new LayerChoice(layers, List.of()),
        new SavedModules(saved, ensuresTying),
        tokens.isEmpty() ? TrainedTokens.NONE : trained(base));
  }

  private TrainedTokens trained(Path base) throws CheckpointException {
    try (var arena = Arena.ofConfined()) {
      var checkpoint = Checkpoint.open(base, arena);
      var tokenizer = Tokenizer.open(checkpoint);
      var ids = new ArrayList<Integer>();
      for (var token : tokens) {
        ids.add(tokenizer.idOf(token).orElseThrow(() -> unknown(token, tokenizer)));
      }
      return TrainedTokens.of(ids, checkpoint.config());
    }
  }

  private static UsageException unknown(String token, Tokenizer tokenizer) {
    return new UsageException(
        "--train-tokens %s: is no token of the model, which spells it with %d"
            .formatted(token, tokenizer.encode(token).length),
        "add it first: "
            + ShellQuotes.join(
                List.of("hone", "tokens", "--base", "DIR", "--add", token, "--out", "DIR2")));
  }

  /// An option that was given, if any was.
  Optional<String> firstGiven() {
    var given = new LinkedHashMap<String, Boolean>();
    given.put("--rank", rank.isPresent());
    given.put("--alpha", alpha.isPresent());
    given.put("--targets", targets.isPresent());
    given.put("--exclude-modules", exclude.isPresent());
    given.put("--layers-to-transform", !layers.isEmpty());
    given.put("--rank-pattern", !rankPattern.isEmpty());
    given.put("--alpha-pattern", !alphaPattern.isEmpty());
    given.put("--dropout", dropout.isPresent());
    given.put("--rslora", useRslora);
    given.put("--dora", useDora);
    given.put("--modules-to-save", !saved.isEmpty());
    given.put("--ensure-weight-tying", ensuresTying);
    given.put("--train-tokens", !tokens.isEmpty());
    given.put("--init", init.isPresent());
    given.put("--lora-plus-ratio", plusRatio.isPresent());
    return given.entrySet().stream().filter(Map.Entry::getValue).map(Map.Entry::getKey).findFirst();
  }
}
