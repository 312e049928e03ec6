package dev.hone.bench;

import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.model.decoder.BaseDtype;
import dev.hone.model.decoder.BaseWeights;
import dev.hone.model.decoder.CachedDecoder;
import dev.hone.model.decoder.Parameter;
import dev.hone.model.generate.Sampler;
import dev.hone.model.generate.SamplingOptions;
import dev.hone.tensor.ArenaAllocator;
import dev.hone.tensor.MemoryPlan;
import dev.hone.tensor.Processor;
import dev.hone.tensor.Tensor;
import dev.hone.tensor.Workers;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/// Times a prompt and greedy decoding after it, beside what bounds them: reading the weights, and
/// the prompt's matrix products alone. Prints one line of JSON.
///
/// The four are run by turns, so that all see the same machine; fractions are taken within a round,
/// and medians over the rounds. The prompt's ids are `(7919·i + 13) mod V`, as in the rival's
/// script.
@Command(
    name = "decode",
    sortOptions = false,
    description = "Times prefill and decoding and prints one line of JSON.")
public final class DecodeBench implements Callable<Integer> {
  @Option(names = "--model", required = true, paramLabel = "DIR")
  private Path model;

  @Option(names = "--adapter", paramLabel = "DIR", description = "A PEFT adapter on top of it.")
  private Optional<Path> adapter = Optional.empty();

  @Option(
      names = "--base-dtype",
      paramLabel = "TYPE",
      description = "What the base is kept in. Default: float32.")
  private String baseDtype = BaseDtype.FLOAT32.label();

  @Option(names = "--prompt-tokens", paramLabel = "N", description = "Default: 512.")
  private int promptTokens = 512;

  @Option(names = "--tokens", paramLabel = "N", description = "To decode. Default: 64.")
  private int tokens = 64;

  @Option(names = "--threads", paramLabel = "N", description = "Default: 2.")
  private int threads = 2;

  @Option(names = "--rounds", paramLabel = "N", description = "Rounds that count. Default: 5.")
  private int rounds = 5;

  @Option(names = "--warmup", paramLabel = "N", description = "Rounds before. Default: 2.")
  private int warmup = 2;

  public static void main(String... args) {
    System.exit(new CommandLine(new DecodeBench()).execute(args));
  }

  @Override
  public Integer call() throws IOException {
    try (var arena = Arena.ofShared();
        var workers = new Workers(threads)) {
      var memory = new ArenaAllocator(arena);
      var result =
          run(Subject.load(model, Subject.dtype(baseDtype), adapter, memory), memory, workers);
      System.out.println(JsonMapper.shared().writeValueAsString(result));
    }
    return 0;
  }

  /// What one round gave.
  ///
  /// @param read bytes per second of the plain read
  /// @param streams the same in four streams a thread
  /// @param products operations per second of the products alone
  /// @param prefill seconds
  /// @param decode seconds
  private record Round(
      double read, double streams, double products, double prefill, double decode) {}

  /// What was chosen, and the first choices' logits.
  private record Decoded(List<Integer> ids, List<Float> bestLogits) {}

  /// The sequence and the model that writes it.
  private record Writer(CachedDecoder decoder, Tensor logits, int[] prompt) {
    void prefill() {
      decoder.cache().truncate(0);
      for (int from = 0; from < prompt.length; from += decoder.maxTokens()) {
        int n = Math.min(decoder.maxTokens(), prompt.length - from);
        var chunk = Arrays.copyOfRange(prompt, from, from + n);
        decoder.extend(chunk, n, logits);
      }
    }

    Decoded decode(int tokens) {
      var sampler = new Sampler(SamplingOptions.greedy(tokens), decoder.config().vocabSize());
      var ids = new ArrayList<Integer>();
      var bestLogits = new ArrayList<Float>();
      var one = new int[1];
      while (ids.size() < tokens) {
        one[0] = sampler.next(logits);
        ids.add(one[0]);
        if (bestLogits.size() < 8) {
          bestLogits.add(logits.get(0, one[0]));
        }
        decoder.extend(one, 1, logits);
      }
      return new Decoded(ids, bestLogits);
    }
  }

  private Map<String, Object> run(Subject subject, ArenaAllocator memory, Workers workers) {
    var config = subject.config();
    int length = promptTokens + tokens;
    var decoder =
        CachedDecoder.allocate(
            memory,
            subject.decoder(memory, length),
            subject.shape(),
            Math.min(CachedDecoder.CHUNK, promptTokens),
            length,
            workers);
    var writer = new Writer(decoder, memory.f32("logits", 1, config.vocabSize()), prompt(config));
    var names = BaseWeights.parameters(config).stream().map(Parameter::name).toList();
    var read = new StreamingRead(subject.weights(), names, workers);
    var products = new PrefillProducts(config, memory, decoder.maxTokens(), workers);
    var measured = new ArrayList<Round>();
    var decoded = new Decoded(List.of(), List.of());
    for (int r = 0; r < warmup + rounds; r++) {
      double plainRate = median(read::plain);
      double streamsRate = median(read::inFourStreams);
      long started = System.nanoTime();
      writer.prefill();
      double prefill = secondsSince(started);
      double productRate = products.run();
      started = System.nanoTime();
      decoded = writer.decode(tokens);
      double decode = secondsSince(started);
      plainRate = (plainRate + median(read::plain)) / 2;
      streamsRate = (streamsRate + median(read::inFourStreams)) / 2;
      measured.add(new Round(plainRate, streamsRate, productRate, prefill, decode));
    }
    return report(subject, measured.subList(warmup, measured.size()), decoded);
  }

  private static double secondsSince(long nanos) {
    return (System.nanoTime() - nanos) / 1e9;
  }

  private int[] prompt(ModelConfig config) {
    var ids = new int[promptTokens];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = (int) ((7919L * i + 13) % config.vocabSize());
    }
    return ids;
  }

  private Map<String, Object> report(Subject subject, List<Round> measured, Decoded decoded) {
    double bytes = weightBytes(subject) + cacheBytes(subject.config());
    double flops = prefillFlops(subject);
    var result = new LinkedHashMap<String, Object>();
    result.put("what", "hone");
    result.put("prompt_tokens", promptTokens);
    result.put("tokens", tokens);
    result.put("base_dtype", baseDtype);
    result.put("threads", threads);
    result.put("read_bytes_per_second", median(measured.stream().map(Round::read).toList()));
    result.put("bytes_per_token", bytes);
    result.put(
        "four_streams_bytes_per_second", median(measured.stream().map(Round::streams).toList()));
    result.put(
        "decode_tokens_per_second",
        median(measured.stream().map(r -> tokens / r.decode()).toList()));
    result.put(
        "decode_fraction_of_read",
        median(measured.stream().map(r -> bytes * tokens / r.decode() / r.read()).toList()));
    result.put(
        "decode_fraction_of_four_streams",
        median(measured.stream().map(r -> bytes * tokens / r.decode() / r.streams()).toList()));
    result.put("product_flops_per_second", median(measured.stream().map(Round::products).toList()));
    result.put("prefill_flops", flops);
    result.put(
        "prefill_tokens_per_second",
        median(measured.stream().map(r -> promptTokens / r.prefill()).toList()));
    result.put(
        "prefill_fraction_of_products",
        median(measured.stream().map(r -> flops / r.prefill() / r.products()).toList()));
    result.put(
        "decode_fractions",
        measured.stream().map(r -> bytes * tokens / r.decode() / r.read()).toList());
    result.put(
        "prefill_fractions",
        measured.stream().map(r -> flops / r.prefill() / r.products()).toList());
    result.put("ids", decoded.ids());
    result.put("best_logits", decoded.bestLogits());
    result.put("on", Processor.fingerprint());
    return result;
  }

  /// What every token reads: all weights once, an embedding that isn't the head's left out.
  private static double weightBytes(Subject subject) {
    var config = subject.config();
    var plan = new MemoryPlan();
    BaseWeights.allocate(config, subject.weights().dtype(), plan);
    double size = plan.byteSize() + subject.weights().storedBytes();
    if (!config.tieWordEmbeddings()) {
      size -= size / parameters(config) * config.vocabSize() * config.hiddenSize();
    }
    return size + (subject.shape().isEmpty() ? 0 : subject.trained().flat().byteSize());
  }

  /// Keys and values that a token reads, on average over the tokens decoded.
  private double cacheBytes(ModelConfig config) {
    double keys = promptTokens + (tokens + 1) / 2.0;
    return keys * 2 * config.numLayers() * config.kvDim() * Float.BYTES;
  }

  /// Of the prompt's products: linear layers, adapters, attention over the keys that are seen, and
  /// the head once.
  private double prefillFlops(Subject subject) {
    var config = subject.config();
    double linear =
        parameters(config)
            - (double) config.vocabSize()
                * config.hiddenSize()
                * (config.tieWordEmbeddings() ? 1 : 2);
    double adapters = subject.shape().isEmpty() ? 0 : subject.trained().flat().size();
    double pairs = promptTokens * (promptTokens + 1) / 2.0;
    double attention = 4.0 * pairs * config.queryDim() * config.numLayers();
    return 2 * (linear + adapters) * promptTokens
        + attention
        + 2.0 * config.vocabSize() * config.hiddenSize();
  }

  private static double parameters(ModelConfig config) {
    return BaseWeights.parameters(config).stream().mapToLong(Parameter::size).sum();
  }

  private static double median(DoubleSupplier rate) {
    return median(Stream.generate(rate::getAsDouble).limit(3).toList());
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }
}
