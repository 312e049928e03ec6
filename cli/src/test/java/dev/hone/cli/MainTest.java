package dev.hone.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.UsageException;
import dev.hone.model.adapter.SavedModules;
import dev.hone.model.checkpoint.Dtype;
import dev.hone.model.decoder.BaseDtype;
import dev.hone.tune.run.Method;
import dev.hone.tune.run.Recompute;
import dev.hone.tune.run.TuneRequest;
import dev.hone.tune.train.Schedule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

final class MainTest {
  private static final String[] MINIMAL = {
    "tune", "--base", "b", "--data", "d.jsonl", "--out", "o"
  };

  private static TuneRequest request(String... more) throws IOException {
    var args = new ArrayList<>(List.of(MINIMAL));
    args.addAll(List.of(more));
    var parsed = Main.commandLine(new TestShell().shell()).parseArgs(args.toArray(String[]::new));
    return ((TuneCommand) parsed.subcommand().commandSpec().userObject()).request();
  }

  @Test
  void whatIsNotSaidIsTheDefault() throws IOException {
    var request = request();

    assertEquals(TuneRequest.Hyper.DEFAULT, request.hyper());
    assertEquals(Path.of("d.jsonl"), request.train().file());
    assertEquals(Optional.empty(), request.valid());
    assertEquals(OptionalInt.empty(), request.maxLength());
    assertEquals(BaseDtype.FLOAT32, request.baseDtype());
    var lora = ((Method.Lora) request.method()).config();
    assertEquals(16, lora.rank());
    assertEquals(32, lora.alpha());
    assertEquals(0, lora.dropout());
  }

  @ParameterizedTest
  @EnumSource
  void everyBaseDtypeHasItsWord(BaseDtype dtype) throws IOException {
    assertEquals(dtype, request("--base-dtype", dtype.label()).baseDtype());
  }

  @Test
  void optionsReachTheRequest() throws IOException {
    var request =
        request(
            "--rank",
            "8",
            "--targets",
            "q_proj,v_proj",
            "--lr",
            "3e-3",
            "--epochs",
            "1",
            "--batch-size",
            "32",
            "--schedule",
            "COSINE",
            "--eval-every",
            "0",
            "--threads",
            "3",
            "--seed",
            "-5",
            "--valid",
            "v.csv",
            "--prompt-column",
            "question",
            "--max-length",
            "77",
            "--probe",
            "p.txt",
            "--resume",
            "--recompute",
            "on");

    var lora = ((Method.Lora) request.method()).config();
    assertEquals(8, lora.rank());
    assertEquals(16, lora.alpha(), "twice the rank");
    assertTrue(lora.targets().matches("model.layers.0.self_attn.v_proj"));
    assertFalse(lora.targets().matches("model.layers.0.self_attn.k_proj"));
    var hyper = request.hyper();
    assertEquals(OptionalDouble.of(3e-3), hyper.learningRate());
    assertEquals(1, hyper.epochs());
    assertEquals(32, hyper.batchSize());
    assertEquals(Schedule.COSINE, hyper.schedule());
    assertEquals(OptionalInt.of(0), hyper.evalEvery());
    assertEquals(-5, hyper.seed());
    assertEquals(Recompute.ON, hyper.recompute());
    assertEquals(3, request.threads());
    assertEquals("question", request.valid().orElseThrow().columns().prompt());
    assertEquals(OptionalInt.of(77), request.maxLength());
    assertEquals(Optional.of(Path.of("p.txt")), request.probe());
    assertTrue(request.isResumed());
  }

  @Test
  void adaptersAreDescribedAsPeftDoes() throws IOException {
    var request =
        request(
            "--rank-pattern",
            "down_proj=4,layers.0.self_attn.q_proj=2",
            "--alpha-pattern",
            "down_proj=5.5",
            "--exclude-modules",
            "k_proj,o_proj",
            "--layers-to-transform",
            "0,2",
            "--dora",
            "--lora-plus-ratio",
            "16",
            "--init",
            "pissa_niter_4",
            "--modules-to-save",
            "embed_tokens,norm",
            "--ensure-weight-tying");

    var method = (Method.Lora) request.method();
    assertEquals(16, method.plusRatio());
    assertEquals(OptionalInt.of(4), method.pissaIterations());
    var lora = method.config();
    assertTrue(lora.useDora());
    assertEquals(new SavedModules(List.of("embed_tokens", "norm"), true), lora.saved());
    assertEquals(
        List.of("down_proj", "layers.0.self_attn.q_proj"),
        List.copyOf(lora.rankPattern().keySet()));
    assertEquals(2, lora.rankPattern().get("layers.0.self_attn.q_proj"));
    assertEquals(5.5, lora.alphaPattern().get("down_proj"));
    assertEquals("k_proj,o_proj", lora.exclude().orElseThrow().label());
    assertEquals(List.of(0, 2), lora.layers().layers());
  }

  @Test
  void trainedTokensAreFoundByTheirText() throws IOException {
    var base = "../model/src/test/resources/golden/peft/base";
    var method =
        (Method.Lora)
            request("--base", base, "--train-tokens", "</s>", "--train-tokens", "<s>").method();
    assertEquals(Map.of("embed_tokens", List.of(2, 1)), method.config().tokens().ids());

    var refused =
        assertThrows(
            UsageException.class, () -> request("--base", base, "--train-tokens", "<ticket>"));
    assertTrue(
        refused.getMessage().startsWith("--train-tokens <ticket>: is no token of the model"),
        refused.getMessage());
    assertTrue(refused.hint().contains("hone tokens"), refused.hint());
  }

  @Test
  void whatIsSaidAgainHoldsAndTheRestStays() throws IOException {
    var hyper = request("--epochs", "1", "--lr", "1e-3", "--seed", "7", "--lr", "2e-3").hyper();

    assertEquals(OptionalDouble.of(2e-3), hyper.learningRate());
    assertEquals(1, hyper.epochs());
    assertEquals(7, hyper.seed());
  }

  @Test
  void fullTrainingHasNoAdapter() throws IOException {
    assertEquals(new Method.Full(Dtype.F32), request("--method", "full").method());
    assertEquals(
        new Method.Full(Dtype.BF16), request("--method", "full", "--dtype", "bfloat16").method());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --rank 0              | --rank must be at least 1, got 0
          --alpha 0             | --alpha must be above 0, got 0
          --alpha NaN           | --alpha must be above 0, got NaN
          --dropout 1           | --dropout must be at least 0 and below 1, got 1
          --lr -1               | --lr must be above 0, got -1
          --lr 11               | --lr must be between 0 and 10, got 11
          --epochs 0            | --epochs must be at least 1, got 0
          --batch-size -3       | --batch-size must be at least 1, got -3
          --micro-batch-tokens 0 | --micro-batch-tokens must be at least 1, got 0
          --warmup-ratio 1      | --warmup-ratio must be at least 0 and below 1, got 1
          --weight-decay -0.1   | --weight-decay must be between 0 and 10, got -0.1
          --clip -1             | --clip must be 0 or above, got -1
          --max-length 1        | --max-length must be at least 2, got 1
          --threads 0           | --threads must be at least 1, got 0
          --eval-every -1       | --eval-every must be at least 0, got -1
          --patience -1         | --patience must be at least 0, got -1
          --metric-rows 0       | --metric-rows must be at least 1, got 0
          --metric-rows 5       | --metric-rows has no effect without --metric
          --metric guess        | --metric guess is none that Hone knows
          --checkpoint-every -1 | --checkpoint-every must be at least 0, got -1
          --rank 1.5            | Invalid value for option '--rank': '1.5' is not an int
          --seed x              | Invalid value for option '--seed': 'x' is not a long
          --dtype bfloat16      | --dtype is for the weights of --method full, and an adapter is stored in float32
          --rank-pattern down_proj=0 | --rank-pattern down_proj must be at least 1, got 0
          --alpha-pattern down_proj=0 | --alpha-pattern down_proj must be above 0, got 0
          --layers-to-transform -1 | --layers-to-transform must be at least 0, got -1
          --lora-plus-ratio 0   | --lora-plus-ratio must be above 0, got 0
          --init olora          | --init olora is none that Hone knows
          --method full --dora  | --dora describes an adapter, and --method full trains none
          --method full --layers-to-transform 1 | --layers-to-transform describes an adapter, and --method full trains none
          --method full --rank 8 | --rank describes an adapter, and --method full trains none
          """)
  void valuesThatMakeNoSenseAreNamed(String options, String message) {
    var shell = new TestShell();
    var args = new ArrayList<>(List.of(MINIMAL));
    args.addAll(List.of(options.strip().split(" ")));

    assertEquals(2, shell.hone(args.toArray(String[]::new)));
    assertEquals("error: " + message, shell.err().lines().findFirst().orElseThrow());
    assertTrue(
        shell.err().lines().skip(1).findFirst().orElseThrow().startsWith("hint: "), shell.err());
    assertEquals(2, shell.err().lines().count());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          tun                            | unknown command: tun          | did you mean tune?
          pretrain --metric exact        | unknown option: --metric      | hone pretrain --help lists what there is
          tune --epoch 3                 | unknown option: --epoch       | did you mean --epochs?
          inspect x y                    | unexpected argument: y        | hone inspect --help lists what there is
          eval --base b                  | Missing required option: '--data=FILE' | hone eval --help lists what there is
          data                           | Missing required subcommand   | hone data --help lists what there is
          chat --base hone --adapter     | Missing required parameter for option '--adapter' (DIR) | hone chat --help lists what there is
          """)
  void badCommandLinesGetOneLineAndAHint(String line, String error, String hint) {
    var shell = new TestShell();

    assertEquals(2, shell.hone(line.strip().split(" ")));
    var lines = shell.err().lines().toList();
    assertEquals("error: " + error, lines.getFirst());
    assertTrue(
        lines.get(1).startsWith("hint: ")
            && lines.get(1).contains(hint.split(" or ")[0].replace("?", "")),
        lines.get(1));
    assertEquals(2, lines.size());
    assertEquals("", shell.out());
  }

  @ParameterizedTest
  @ValueSource(strings = {"nowhere", "."})
  void aDirectoryThatHoldsNothingIsTheUsersMistake(String dir, @TempDir Path empty) {
    var shell = new TestShell();

    assertEquals(2, shell.hone("inspect", empty.resolve(dir).toString()));
    assertTrue(shell.err().startsWith("error: " + empty), shell.err());
    assertTrue(shell.err().contains("\nhint: "), shell.err());
  }

  @Test
  void aDamagedFileIsAFailureInOneLine(@TempDir Path dir) throws IOException {
    Files.writeString(dir.resolve("adapter_config.json"), "{\"r\": ");
    var shell = new TestShell();

    assertEquals(1, shell.hone("inspect", dir.toString()));
    assertTrue(shell.err().startsWith("error: " + dir.resolve("adapter_config.json")), shell.err());
    assertEquals(1, shell.err().lines().count());
  }

  @Test
  void noFailureShowsAStackTraceUnlessAsked() {
    var failures =
        Map.of(
            new UsageException("m", "h"), 2,
            new NoSuchFileException("f"), 1,
            new IllegalStateException("bug"), 1,
            new CommandLine.ExecutionException(
                    Main.commandLine(new TestShell().shell()), "x", new OutOfMemoryError("heap")),
                1);
    failures.forEach((failure, code) -> {
      assertEquals(code, reported(failure, Map.of()).code);
      assertFalse(reported(failure, Map.of()).err.contains("\tat "));
      assertTrue(reported(failure, Map.of("HONE_DEBUG", "1")).err.contains("\tat "));
    });
    assertEquals(
        "error: f: no such file or directory\n",
        reported(new NoSuchFileException("f"), Map.of()).err);
    assertEquals("error: m\nhint: h\n", reported(new UsageException("m", "h"), Map.of()).err);
  }

  private record Reported(int code, String err) {}

  private static Reported reported(Exception failure, Map<String, String> environment) {
    var shell = new TestShell("", environment);
    int code = new ErrorReport(shell.shell()).handleExecutionException(failure, null, null);
    return new Reported(code, shell.err());
  }

  static Stream<CommandLine> commands() {
    var all = new ArrayList<CommandLine>();
    collect(Main.commandLine(new TestShell().shell()), all);
    return all.stream();
  }

  private static void collect(CommandLine command, List<CommandLine> all) {
    all.add(command);
    command.getSubcommands().values().forEach(sub -> collect(sub, all));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void examplesInTheHelpParse(CommandLine command) {
    var examples = examples(command);

    assertFalse(
        examples.isEmpty(),
        "no example in the help of " + command.getCommandSpec().qualifiedName());
    for (var example : examples) {
      var words = example.replace("\"", "").split("\\s+");
      Main.commandLine(new TestShell().shell())
          .parseArgs(java.util.Arrays.copyOfRange(words, 1, words.length));
    }
  }

  /// Lines that are indented commands; one that ends in a backslash goes on in the next.
  private static List<String> examples(CommandLine command) {
    var text =
        String.join("\n", command.getCommandSpec().usageMessage().footer())
            .replaceAll("\\\\\n", " ");
    return text.lines()
        .filter(line -> line.startsWith("  hone "))
        .map(line -> line.strip().replaceAll(" <.*", "").replaceAll("\"[^\"]*\"", "text"))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyOptionIsDescribed(CommandLine command) {
    for (var option : command.getCommandSpec().options()) {
      assertTrue(option.description().length > 0, option.longestName());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--help",
        "tune --help",
        "advise --help",
        "advise answer --help",
        "index --help",
        "index eval --help",
        "ask --help",
        "serve --help",
        "serve key add --help",
        "serve audit --help",
        "eval -h",
        "chat --help",
        "merge --help",
        "tokens --help",
        "data check --help",
        "inspect --help"
      })
  void helpGoesToStandardOutput(String line) {
    var shell = new TestShell();

    assertEquals(0, shell.hone(line.split(" ")));
    assertTrue(shell.out().contains("Usage: hone"));
    assertEquals("", shell.err());
    assertTrue(shell.out().lines().allMatch(text -> text.length() <= 100), shell.out());
  }

  @Test
  void onlyTheCommandThatIsNamedIsMade() {
    var shell = new TestShell().shell();

    assertEquals(Set.of("tune"), Main.commandLine(shell, "tune", "eval").getSubcommands().keySet());
    assertEquals(15, Main.commandLine(shell, "--help").getSubcommands().size());
    assertEquals(15, Main.commandLine(shell).getSubcommands().size());
  }

  @Test
  void versionIsOneLine() {
    var shell = new TestShell();

    assertEquals(0, shell.hone("--version"));
    assertTrue(shell.out().matches("hone \\S.*\\R"), shell.out());
  }

  @Test
  void withoutACommandTheUsageIsShown() {
    var shell = new TestShell();

    assertEquals(2, shell.hone());
    assertTrue(shell.err().contains("Usage: hone"));
  }
}
