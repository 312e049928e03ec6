package dev.hone.bench;

import dev.hone.model.checkpoint.CheckpointException;
import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.model.decoder.AdapterShape;
import dev.hone.model.decoder.BaseDtype;
import dev.hone.model.decoder.Decoder;
import dev.hone.model.decoder.LinearLayer;
import dev.hone.model.decoder.PackedAdapter;
import dev.hone.model.decoder.ParameterSet;
import dev.hone.model.generate.SamplingOptions;
import dev.hone.model.serve.AdapterHandle;
import dev.hone.model.serve.Answer;
import dev.hone.model.serve.Engine;
import dev.hone.model.serve.EngineOptions;
import dev.hone.model.serve.Request;
import dev.hone.model.serve.Submission;
import dev.hone.model.serve.Ticket;
import dev.hone.model.text.Tokenizer;
import dev.hone.tensor.ArenaAllocator;
import dev.hone.tensor.Processor;
import dev.hone.tensor.Workers;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/// Times answers to 1, 8 and 32 requests at a time, and to 8 with one adapter and with eight.
/// Prints one line of JSON.
///
/// All are run by turns, so that they see the same machine; ratios are taken within a round, and
/// medians over the rounds. Prompts are short and unlike, so that the time is that of decoding.
@Command(
    name = "serve",
    sortOptions = false,
    description = "Times answers to many requests at once and prints one line of JSON.")
public final class ServeBench implements Callable<Integer> {
  private static final int MANY = 32;

  private static final int SOME = 8;

  @Option(names = "--model", required = true, paramLabel = "DIR")
  private Path model;

  @Option(names = "--base-dtype", paramLabel = "TYPE", description = "Default: float32.")
  private String baseDtype = BaseDtype.FLOAT32.label();

  @Option(names = "--prompt-tokens", paramLabel = "N", description = "Default: 16.")
  private int promptTokens = 16;

  @Option(names = "--tokens", paramLabel = "N", description = "Of each answer. Default: 128.")
  private int tokens = 128;

  @Option(names = "--rank", paramLabel = "N", description = "Of the adapters. Default: 16.")
  private int rank = 16;

  @Option(names = "--threads", paramLabel = "N", description = "Default: 2.")
  private int threads = 2;

  @Option(names = "--rounds", paramLabel = "N", description = "Rounds that count. Default: 9.")
  private int rounds = 9;

  @Option(names = "--warmup", paramLabel = "N", description = "Rounds before. Default: 4.")
  private int warmup = 4;

  private long prompts;

  public static void main(String... args) {
    System.exit(new CommandLine(new ServeBench()).execute(args));
  }

  @Override
  public Integer call() throws IOException {
    try (var arena = Arena.ofShared();
        var workers = new Workers(threads)) {
      var memory = new ArenaAllocator(arena);
      var subject = Subject.load(model, Subject.dtype(baseDtype), Optional.empty(), memory);
      int length = promptTokens + tokens;
      var options = EngineOptions.of(length).withCacheTokens(MANY * (length + 16));
      var base = subject.decoder(memory, length);
      try (var engine = Engine.start(memory, base, Tokenizer.open(model), options, workers)) {
        System.out.println(JsonMapper.shared().writeValueAsString(run(engine, base)));
      }
    }
    return 0;
  }

  /// What is timed: so many requests at once, each with the next of these adapters.
  private record Load(String name, int requests, List<AdapterHandle> adapters) {}

  private Map<String, Object> run(Engine engine, Decoder base) throws IOException {
    var config = base.config();
    var eight = new ArrayList<AdapterHandle>();
    for (int i = 0; i < SOME; i++) {
      eight.add(adapter(engine, base, i));
    }
    var loads =
        List.of(
            new Load("1", 1, List.of()),
            new Load("8", SOME, List.of()),
            new Load("32", MANY, List.of()),
            new Load("8_one_adapter", SOME, eight.subList(0, 1)),
            new Load("8_eight_adapters", SOME, eight));
    var measured = new ArrayList<Map<String, Double>>();
    for (int r = 0; r < warmup + rounds; r++) {
      var round = new LinkedHashMap<String, Double>();
      for (var load : loads) {
        round.put(load.name, tokensPerSecond(engine, config, load));
      }
      measured.add(round);
    }
    return report(measured.subList(warmup, measured.size()));
  }

  private AdapterHandle adapter(Engine engine, Decoder base, int seed) throws CheckpointException {
    var config = base.config();
    var shape =
        new AdapterShape(
            LinearLayer.modules(config).stream()
                .collect(Collectors.toMap(m -> m, m -> new AdapterShape.Module(rank, 1f))));
    try (var arena = Arena.ofConfined()) {
      var random = new SplittableRandom(seed);
      var own = new ArenaAllocator(arena);
      var parameters = ParameterSet.allocate(own, "adapter", shape.parameters(config));
      for (var p : parameters.parameters()) {
        var values = new float[Math.toIntExact(p.size())];
        for (int i = 0; i < values.length; i++) {
          values[i] = 0.02f * (float) random.nextGaussian();
        }
        parameters.get(p.name()).copyFrom(values);
      }
      return engine.addAdapter(
          "adapter " + seed,
          memory -> PackedAdapter.of(memory, base.withAdapter(shape, parameters, own)));
    }
  }

  private double tokensPerSecond(Engine engine, ModelConfig config, Load load) throws IOException {
    long started = System.nanoTime();
    var tickets = new ArrayList<Ticket>();
    for (int i = 0; i < load.requests; i++) {
      var request = Request.of(prompt(config), SamplingOptions.greedy(tokens));
      if (!load.adapters.isEmpty())
        request = request.withAdapter(load.adapters.get(i % load.adapters.size()));
      switch (engine.submit(request)) {
        case Submission.Accepted(var ticket) -> tickets.add(ticket);
        case Submission.Full() -> throw new IllegalStateException("the engine is full");
      }
    }
    long generated = 0;
    for (var ticket : tickets) {
      Answer answer = ticket.result().join();
      generated += answer.generation().generatedTokens();
    }
    return generated / ((System.nanoTime() - started) / 1e9);
  }

  /// Another one each time.
  private int[] prompt(ModelConfig config) {
    long first = prompts++;
    return IntStream.range(0, promptTokens)
        .map(i -> (int) ((7919L * i + 104_729 * first + 13) % config.vocabSize()))
        .toArray();
  }

  private Map<String, Object> report(List<Map<String, Double>> measured) {
    var result = new LinkedHashMap<String, Object>();
    result.put("what", "hone serve");
    result.put("prompt_tokens", promptTokens);
    result.put("tokens", tokens);
    result.put("base_dtype", baseDtype);
    result.put("threads", threads);
    for (var load : measured.getFirst().keySet()) {
      result.put(load, median(measured.stream().map(r -> r.get(load)).toList()));
    }
    result.put("8_of_1", ratio(measured, "8", "1"));
    result.put("32_of_1", ratio(measured, "32", "1"));
    result.put("eight_of_one_adapter", ratio(measured, "8_eight_adapters", "8_one_adapter"));
    result.put("on", Processor.fingerprint());
    return result;
  }

  private static double ratio(List<Map<String, Double>> measured, String a, String b) {
    return median(measured.stream().map(r -> r.get(a) / r.get(b)).toList());
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }
}
