package dev.hone.tune.data;

import dev.hone.model.Sha256;
import dev.hone.model.UsageException;
import dev.hone.model.text.Renderer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// The data of one run, checked and tokenised: `train.tokens` and `valid.tokens` in the run
/// directory and, where no held-out file was given, `split.json` and `valid.jsonl` with the rows
/// held out.
public final class TuningData implements AutoCloseable {
  /// The name under which a run directory keeps the rows that were held out.
  public static final String HELD_OUT_FILE_NAME = "valid.jsonl";

  private static final int FORMAT = 1;

  private final TokenStore train;
  private final TokenStore heldOut;
  private final String fingerprint;
  private final Optional<Split> split;
  private final Optional<GateReport> report;

  private TuningData(
      TokenStore train,
      TokenStore heldOut,
      String fingerprint,
      Optional<Split> split,
      Optional<GateReport> report) {
    this.train = train;
    this.heldOut = heldOut;
    this.fingerprint = fingerprint;
    this.split = split;
    this.report = report;
  }

  /// Passes the data through the gate and opens the tokens; on a resumed run, those that are there.
  ///
  /// @throws UsageException when the gate finds an error, or a resumed run's training file has
  ///   changed
  public static TuningData prepare(DataRequest request, Renderer renderer) throws IOException {
    request.train().checkReadable();
    request.valid().ifPresent(Source::checkReadable);
    var trainSha = Sha256.ofFile(request.train().file());
    var split =
        request.valid().isPresent()
            ? Optional.<Split>empty()
            : Optional.of(split(request, trainSha));
    var fingerprint = fingerprint(request, trainSha, split);
    if (request.isResumed() && hasTokens(request, fingerprint)) {
      return open(request, fingerprint, split, Optional.empty());
    }
    var report = tokenise(request, renderer, fingerprint, split);
    return open(request, fingerprint, split, Optional.of(report));
  }

  private static Split split(DataRequest request, String trainSha) throws IOException {
    return request.isResumed() && Split.isIn(request.runDirectory())
        ? Split.read(request.runDirectory(), request.train(), trainSha)
        : Split.choose(request.train(), request.seed(), trainSha);
  }

  private static String fingerprint(DataRequest request, String trainSha, Optional<Split> split)
      throws IOException {
    return Sha256.ofAll(
        FORMAT,
        trainSha,
        request.train().columns(),
        request.valid().isPresent() ? Sha256.ofFile(request.valid().get().file()) : "",
        split.map(Split::heldOut),
        request.maxLength(),
        request.trainsOnPrompt(),
        request.rendererFingerprint());
  }

  private static boolean hasTokens(DataRequest request, String fingerprint) throws IOException {
    return TokenStore.hasKey(trainTokens(request), fingerprint)
        && TokenStore.hasKey(heldOutTokens(request), fingerprint);
  }

  private static GateReport tokenise(
      DataRequest request, Renderer renderer, String fingerprint, Optional<Split> split)
      throws IOException {
    var gate = new DataGate(renderer, request.maxLength(), request.trainsOnPrompt());
    try (var train = new TokenStoreWriter(trainTokens(request), fingerprint);
        var heldOut = new TokenStoreWriter(heldOutTokens(request), fingerprint);
        var rows = PendingFile.of(request.runDirectory().resolve(HELD_OUT_FILE_NAME))) {
      var report =
          split.isPresent()
              ? gate.check(request.train(), split.get(), train, into(heldOut, rows))
              : gate.check(request.train(), request.valid().orElseThrow(), train, heldOut);
      report.refuseErrors();
      if (split.isPresent()) {
        refuseEmptySplit(split.get(), request);
        rows.commit();
        split.get().write(request.runDirectory());
      }
      train.commit();
      heldOut.commit();
      return report;
    }
  }

  private static void refuseEmptySplit(Split split, DataRequest request) {
    if (split.heldOut().isEmpty()) {
      throw new UsageException(
          "%s: its %d rows all say the same, none can be held out"
              .formatted(request.train().file(), split.rows()),
          "add other rows, or name a held-out file with --valid");
    }
  }

  private static ExampleSink into(TokenStoreWriter store, PendingFile rows) {
    return (line, examples) -> {
      store.accept(line, examples);
      rows.append(line.json() + "\n");
    };
  }

  private static TuningData open(
      DataRequest request, String fingerprint, Optional<Split> split, Optional<GateReport> report)
      throws IOException {
    var train = TokenStore.open(trainTokens(request));
    try {
      return new TuningData(
          train, TokenStore.open(heldOutTokens(request)), fingerprint, split, report);
    } catch (IOException | RuntimeException e) {
      train.close();
      throw e;
    }
  }

  private static Path trainTokens(DataRequest request) {
    return request.runDirectory().resolve("train.tokens");
  }

  private static Path heldOutTokens(DataRequest request) {
    return request.runDirectory().resolve("valid.tokens");
  }

  public TokenStore train() {
    return train;
  }

  public TokenStore heldOut() {
    return heldOut;
  }

  /// Names everything that the token ids depend on; a resumed run whose fingerprint differs trains
  /// on other data.
  public String fingerprint() {
    return fingerprint;
  }

  /// What was held out; empty where a held-out file was given.
  public Optional<Split> split() {
    return split;
  }

  /// What the gate found; empty where a resumed run used the tokens that were there.
  public Optional<GateReport> report() {
    return report;
  }

  @Override
  public void close() {
    try (train;
        heldOut) {
      // both are closed, in reverse order
    }
  }
}
