package dev.hone.tune.run;

import dev.hone.model.adapter.Proof;
import dev.hone.model.adapter.Provenance;
import dev.hone.model.checkpoint.HubSnapshot;
import dev.hone.model.decoder.AdapterShape;
import dev.hone.model.decoder.BaseWeights;
import dev.hone.model.text.Tokenizer;
import dev.hone.tensor.ArenaAllocator;
import dev.hone.tensor.ProcessMemory;
import dev.hone.tensor.Processor;
import dev.hone.tensor.Workers;
import dev.hone.tune.data.Batches;
import dev.hone.tune.data.DataRequest;
import dev.hone.tune.data.TokenStore;
import dev.hone.tune.data.TuningData;
import dev.hone.tune.train.Engine;
import dev.hone.tune.train.Evaluation;
import dev.hone.tune.train.Measured;
import dev.hone.tune.train.Optimizer;
import dev.hone.tune.train.RunState;
import dev.hone.tune.train.StepReport;
import dev.hone.tune.train.TrainingCheckpoint;
import dev.hone.tune.train.TrainingListener;
import dev.hone.tune.train.TrainingLoop;
import dev.hone.tune.train.TrainingSettings;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/// One `hone tune`, from files to files.
///
/// Everything that can be refused is refused before the first step, and what is written is written
/// whole: the run directory holds the tokens, checkpoints and metrics from the start, and becomes
/// an adapter (or a model) with the last file that is written.
public final class TuneRun {
  private static final String CHECKPOINTS = "checkpoints";

  private final TuneRequest request;
  private final TuneListener listener;
  private final BooleanSupplier stop;
  private final long startedAt = System.nanoTime();

  private TuneRun(TuneRequest request, TuneListener listener, BooleanSupplier stop) {
    this.request = request;
    this.listener = listener;
    this.stop = stop;
  }

  /// Runs to the end, or until `stop` says so.
  ///
  /// @return how it went; empty when it was stopped, to be resumed
  /// @throws UsageException when the request, the model or the data cannot be used
  /// @throws IOException when a file cannot be read or written
  public static Optional<Summary> run(
      TuneRequest request, TuneListener listener, BooleanSupplier stop) throws IOException {
    var run = new TuneRun(request, listener, stop);
    return run.open(run::train);
  }

  /// Times trial passes as the plan of a run does, and trains nothing.
  ///
  /// @param request whose `out` is scratch: what is left in it means nothing
  /// @return tokens per second
  /// @throws UsageException when the request, the model or the data cannot be used
  /// @throws IOException when a file cannot be read or written
  public static double trialTokensPerSecond(TuneRequest request, TuneListener listener)
      throws IOException {
    var run = new TuneRun(request, listener, () -> true);
    return run.open((session, runFile, resources) -> run.trial(session).tokensPerSecond());
  }

  /// What is done with a run that is ready for its first step.
  private interface Use<T> {
    T of(Session session, RunFile runFile, Resources resources) throws IOException;
  }

  private <T> T open(Use<T> use) throws IOException {
    try (var directory = RunDirectory.open(request.out(), request.isResumed())) {
      if (request.isResumed() && directory.begun().isEmpty()) {
        listener.note("nothing to resume in " + request.out() + ": starting from the beginning");
      }
      listener.phase("opening the model");
      try (var files = ModelFiles.open(request.base(), directory.begun().map(RunFile::format))) {
        return open(files, directory.begun(), use);
      }
    }
  }

  private <T> T open(ModelFiles files, Optional<RunFile> begun, Use<T> use) throws IOException {
    var settings = Settings.of(request, files.config());
    listener.phase("checking the data");
    try (var data = TuningData.prepare(dataRequest(files, settings), files.renderer())) {
      data.report().ifPresent(listener::checked);
      var asked = AskedRows.of(request, files, settings.maxLength(), listener);
      var provenance =
          new Provenance(
              files.fingerprint(),
              request.baseDtype(),
              files.renderer().format(),
              RowShapes.of(request.train()));
      var runFile =
          new RunFile(
              settings.asMap(request, data.fingerprint(), Probe.fingerprint(request.probe())),
              files.renderer().format());
      if (begun.isPresent()) {
        begun.get().requireSame(runFile, request.out());
      } else {
        runFile.write(request.out());
      }
      return open(files, settings, data, asked, runFile, provenance, use);
    }
  }

  private DataRequest dataRequest(ModelFiles files, Settings settings) throws IOException {
    return new DataRequest(
        request.train(),
        request.valid(),
        settings.maxLength(),
        request.trainsOnPrompt(),
        request.hyper().seed(),
        files.fingerprint() + files.renderer().format(),
        request.out(),
        request.isResumed());
  }

  private <T> T open(
      ModelFiles files,
      Settings settings,
      TuningData data,
      Optional<AskedRows> asked,
      RunFile runFile,
      Provenance provenance,
      Use<T> use)
      throws IOException {
    var probeFile = request.out().resolve("probe.tokens");
    try (var arena = Arena.ofShared();
        var probe = Probe.open(request.probe(), files.renderer(), settings.maxLength(), probeFile);
        var workers = new Workers(request.threads())) {
      var training =
          settings.training(
              data.train(), data.heldOut(), asked.map(AskedRows::allExpectedTokens).orElse(0L));
      var demand = demand(files, settings, training, data, asked, probe);
      var resources = Resources.of(demand, request.hyper().recompute());
      resources.requireFit();
      listener.phase("loading the weights");
      var memory = new ArenaAllocator(arena);
      var weights = files.load(request.baseDtype(), memory);
      int positions =
          Math.max(
              demand.longest(), Math.min(Proof.MAX_TOKENS, files.config().maxPositionEmbeddings()));
      var trained =
          Trained.of(
              files.config(),
              request.method(),
              demand.shape(),
              weights,
              memory,
              positions,
              training.seed());
      var engine =
          Engine.allocate(
              memory,
              files.config(),
              demand.base(),
              demand.shape(),
              demand.trained(),
              resources.mode(),
              demand.dropout(),
              demand.size(),
              workers);
      var meter = asked.map(rows -> AnswerMeter.allocate(rows, files, trained, memory, workers));
      var optimizer =
          new Optimizer(
              trained.parameters(),
              Optimizer.allocateMoments(memory, demand.trained()),
              Optimizer.allocateMoments(memory, demand.trained()),
              request.method() instanceof Method.Lora lora ? lora.plusRatio() : 1);
      var proof =
          Proof.begin(files.renderer(), trained.base(), text(trained.shape(), files.tokenizer()));
      trained.startPrincipal(request.method(), weights, training.seed(), startFile());
      var session =
          new Session(
              files,
              training,
              data,
              probe,
              workers,
              trained,
              engine,
              meter,
              optimizer,
              provenance,
              proof);
      return use.of(session, runFile, resources);
    }
  }

  private Path startFile() {
    return request.out().resolve(CHECKPOINTS).resolve("start.safetensors");
  }

  /// Everything that is open while training.
  private record Session(
      ModelFiles files,
      TrainingSettings training,
      TuningData data,
      TokenStore probe,
      Workers workers,
      Trained trained,
      Engine engine,
      Optional<AnswerMeter> meter,
      Optimizer optimizer,
      Provenance provenance,
      Proof.Begun proof) {
    Evaluation evaluate(TokenStore store) {
      return engine.evaluate(trained.decoder(), store, training.scoringPacking());
    }

    Measured measure() {
      var metric = meter.map(m -> OptionalDouble.of(m.measure())).orElse(OptionalDouble.empty());
      return new Measured(evaluate(data.heldOut()), metric);
    }
  }

  /// Of the tokens whose rows are trained, if any are.
  private static Optional<String> text(AdapterShape shape, Tokenizer tokenizer) {
    var ids = shape.tokens().values().stream().flatMap(List::stream).distinct().sorted().toList();
    return ids.isEmpty()
        ? Optional.empty()
        : Optional.of(ids.stream().map(tokenizer::token).collect(Collectors.joining(" ")));
  }

  private Resources.Demand demand(
      ModelFiles files,
      Settings settings,
      TrainingSettings training,
      TuningData data,
      Optional<AskedRows> asked,
      TokenStore probe) {
    var shape = Trained.shape(request.method(), files.config());
    var scored = Engine.Size.ofScoring(List.of(data.heldOut(), probe), training.scoringPacking());
    return new Resources.Demand(
        files.config(),
        request.baseDtype(),
        files.plan(request.baseDtype()),
        shape,
        Trained.parameters(shape, files.config()),
        settings.dropout(),
        scored.andTraining(data.train(), training),
        asked.map(AskedRows::context).orElse(0),
        request.method().pissaIterations().isPresent(),
        request.threads());
  }

  private Optional<Summary> train(Session s, RunFile runFile, Resources resources)
      throws IOException {
    var checkpoints = request.out().resolve(CHECKPOINTS);
    var state = begin(s, TrainingLoop.last(checkpoints));
    try (var metrics = Metrics.open(request.out(), state.step(), metric())) {
      var loop =
          new TrainingLoop(
              s.engine(),
              s.trained().decoder(),
              s.optimizer(),
              s.training(),
              s.workers(),
              s.data().train(),
              s::measure,
              checkpoints,
              new Recorder(s, metrics));
      var plan = plan(s, resources, loop, state);
      listener.planned(plan);
      if (state.step() == 0) {
        metrics.evaluated(0, state.measuredBefore());
        listener.evaluated(0, state.measuredBefore(), false);
      }
      listener.phase("training");
      s.engine().takeTimes(); // the trial passes belong to nothing
      state = loop.run(state, stop);
      listener.profiled(s.engine().takeTimes());
      if (!loop.isFinished(state)) {
        return Optional.empty();
      }
      return Optional.of(finish(s, runFile, plan, state));
    }
  }

  private RunState begin(Session s, Path last) throws IOException {
    var fingerprint = request.threads() + " threads; " + Processor.fingerprint();
    if (Files.exists(last)) {
      var state = TrainingCheckpoint.read(last, s.optimizer());
      s.trained().decoder().adapterChanged();
      listener.note("resuming after step " + state.step());
      if (!state.fingerprint().equals(fingerprint)) {
        listener.note(
            "the result will differ in its last bits from an uninterrupted run: begun under [%s], resumed under [%s]"
                .formatted(state.fingerprint(), fingerprint));
      }
      return state.withFingerprint(fingerprint);
    }
    listener.phase("measuring the model as it is");
    return RunState.start(s.measure(), s.evaluate(s.probe()), fingerprint);
  }

  private Plan plan(Session s, Resources resources, TrainingLoop loop, RunState state) {
    var train = s.data().train();
    var trial = trial(s);
    var answers = s.meter().map(TuneRun::trialAnswers);
    long total = loop.totalSteps();
    double left = (double) (total - state.step()) / total;
    double evaluations =
        2
            + total
                * left
                / Math.max(
                    1,
                    s.training().evalEvery() == 0
                        ? loop.stepsPerEpoch()
                        : s.training().evalEvery());
    double evaluationSeconds =
        s.data().heldOut().totalTokens() / (Trial.FORWARD_SPEEDUP * trial.tokensPerSecond());
    double seconds =
        train.totalTokens() * (double) s.training().epochs() * left / trial.tokensPerSecond()
            + evaluations * evaluationSeconds
            + (evaluations - 1) * answers.map(Plan.Answers::seconds).orElse(0.0)
            + (System.nanoTime() - startedAt) / 1e9;
    return new Plan(
        train.size(),
        train.totalTokens(),
        train.totalTrainedTokens(),
        s.data().heldOut().size(),
        s.data().heldOut().totalTrainedTokens(),
        BaseWeights.parameters(s.files().config()).stream().mapToLong(p -> p.size()).sum(),
        s.trained().parameters().size(),
        loop.stepsPerEpoch(),
        total,
        state.step(),
        s.training().learningRate(),
        s.training().evalEvery(),
        answers,
        resources.peakBytes(),
        resources.availableBytes(),
        resources.bytesWithoutRecomputation(),
        resources.planned(),
        seconds,
        trial.tokensPerSecond());
  }

  private Trial trial(Session s) {
    listener.phase("timing trial passes");
    return Trial.run(s.engine(), s.trained().decoder(), s.data().train(), s.training());
  }

  private static Plan.Answers trialAnswers(AnswerMeter meter) {
    var rows = meter.rows();
    return new Plan.Answers(rows.scorer().name(), rows.prompts().size(), meter.trialSeconds());
  }

  private Summary finish(Session s, RunFile runFile, Plan plan, RunState state) throws IOException {
    listener.phase("measuring the result");
    if (request.method() instanceof Method.Full(var dtype)) {
      s.trained().roundTo(dtype);
    }
    var after = s.measure();
    var probeAfter = s.evaluate(s.probe());
    noteIfNothingIsGained(state, after);
    listener.phase("writing the result");
    var proof = s.proof().complete(s.trained().decoder(), s.trained().shape());
    var summary = summary(runFile, plan, state, after, probeAfter);
    ResultWriter.write(request, s.files(), s.trained(), s.provenance(), proof, summary);
    return summary;
  }

  private void writeSnapshot(Session s, long step, Path dir) throws IOException {
    var proof = s.proof().complete(s.trained().decoder(), s.trained().shape());
    ResultWriter.writeSnapshot(request, s.trained(), s.provenance(), proof, step, dir);
  }

  private void noteIfNothingIsGained(RunState state, Measured after) {
    if (after.metric().isPresent()) {
      double before = state.metricBefore().orElseThrow();
      if (after.metric().getAsDouble() <= before) {
        listener.note(
            "%s did not rise (%.4f before, %.4f after): the base is as good as this result"
                .formatted(metric().orElseThrow(), before, after.metric().getAsDouble()));
      }
    } else if (after.evaluation().loss() >= state.before().loss()) {
      listener.note(
          "the held-out loss did not fall (%.4f before, %.4f after): the base is better than this result"
              .formatted(state.before().loss(), after.evaluation().loss()));
    }
  }

  private Optional<String> metric() {
    return request.metric().map(metric -> metric.scorer().name());
  }

  private Summary summary(
      RunFile runFile, Plan plan, RunState state, Measured measured, Evaluation probeAfter) {
    var after = measured.evaluation();
    double wall = (System.nanoTime() - startedAt) / 1e9;
    return new Summary(
        request.method().label(),
        HubSnapshot.nameOf(request.base()),
        runFile.settings(),
        plan.rows(),
        plan.heldOutRows(),
        state.step(),
        state.bestStep(),
        state.step() < plan.totalSteps(),
        state.before().loss(),
        after.loss(),
        state.before().perplexity(),
        after.perplexity(),
        state.before().tokenAccuracy(),
        after.tokenAccuracy(),
        state.probeBefore().bitsPerByte(),
        probeAfter.bitsPerByte(),
        metric(),
        state.metricBefore(),
        measured.metric(),
        state.trainedTokens(),
        state.tokens(),
        state.tokens() / state.seconds(),
        state.trainedTokens() / state.seconds(),
        state.seconds(),
        wall,
        plan.estimatedSeconds() * shareTaken(plan, state),
        ProcessMemory.peakBytes(),
        plan.estimatedPeakBytes(),
        state.fingerprint());
  }

  /// Share of the planned steps that were taken.
  private static double shareTaken(Plan plan, RunState state) {
    long planned = plan.totalSteps() - plan.stepsDone();
    return planned == 0 ? 1 : (double) (state.step() - plan.stepsDone()) / planned;
  }

  /// Writes metrics, and passes on what the listener wants to know.
  private final class Recorder implements TrainingListener {
    private final Session session;
    private final Metrics metrics;

    Recorder(Session session, Metrics metrics) {
      this.session = session;
      this.metrics = metrics;
    }

    @Override
    public void stepped(StepReport report) throws IOException {
      metrics.stepped(report);
      listener.stepped(report);
    }

    @Override
    public void evaluated(long step, Measured heldOut, boolean isBest) throws IOException {
      metrics.evaluated(step, heldOut);
      listener.evaluated(step, heldOut, isBest);
    }

    @Override
    public void saving(RunState state) throws IOException {
      metrics.flush();
      listener.saving(state.step(), snapshot(state.step()));
    }

    private Optional<TuneListener.Snapshot> snapshot(long step) {
      long perEpoch =
          Batches.perEpoch(session.data().train().size(), session.training().batchSize());
      boolean isEpochEnd = step > 0 && step % perEpoch == 0;
      return switch (request.method()) {
        case Method.Lora any when isEpochEnd ->
            Optional.of(dir -> writeSnapshot(session, step, dir));
        case Method.Lora any -> Optional.empty();
        case Method.Full any -> Optional.empty();
      };
    }
  }
}
