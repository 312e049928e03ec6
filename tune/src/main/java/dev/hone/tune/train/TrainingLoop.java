package dev.hone.tune.train;

import dev.hone.model.decoder.Decoder;
import dev.hone.tensor.Workers;
import dev.hone.tune.data.Batches;
import dev.hone.tune.data.EpochOrder;
import dev.hone.tune.data.TokenStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/// Epochs of steps, with evaluations and checkpoints between them.
///
/// What a step does depends on the settings, the data and its number alone; a run that starts from
/// a checkpoint therefore goes on as if it had never stopped.
public final class TrainingLoop {
  /// The share of time that saving may take at most.
  private static final double SAVING_SHARE = 0.05;

  private static final double LEAST_SECONDS_BETWEEN_SAVES = 3;

  private final Engine engine;
  private final Decoder decoder;
  private final Optimizer optimizer;
  private final TrainingSettings settings;
  private final Workers workers;
  private final TokenStore train;
  private final HeldOutRows heldOut;
  private final Path checkpoints;
  private final Path last;
  private final TrainingListener listener;

  private RunState state;
  private int[] order = {};
  private int orderEpoch = -1;
  private long savedAt = System.nanoTime();
  private double saveSeconds;

  public TrainingLoop(
      Engine engine,
      Decoder decoder,
      Optimizer optimizer,
      TrainingSettings settings,
      Workers workers,
      TokenStore train,
      HeldOutRows heldOut,
      Path checkpoints,
      TrainingListener listener) {
    this.engine = engine;
    this.decoder = decoder;
    this.optimizer = optimizer;
    this.settings = settings;
    this.workers = workers;
    this.train = train;
    this.heldOut = heldOut;
    this.checkpoints = checkpoints;
    this.last = last(checkpoints);
    this.listener = listener;
  }

  public static Path last(Path checkpoints) {
    return checkpoints.resolve("last.safetensors");
  }

  /// Of one step by name, so that a best one from after the last checkpoint is never taken for the
  /// best one that the checkpoint means.
  private Path best(long step) {
    return checkpoints.resolve("best-%d.safetensors".formatted(step));
  }

  public long stepsPerEpoch() {
    return Batches.perEpoch(train.size(), settings.batchSize());
  }

  public long totalSteps() {
    return stepsPerEpoch() * settings.epochs();
  }

  /// Steps that end with an evaluation.
  boolean evaluatesAfter(long step) {
    return step % stepsPerEpoch() == 0
        || (settings.evalEvery() > 0 && step % settings.evalEvery() == 0);
  }

  /// Trains to the end, or until patience runs out or `stop` says so.
  ///
  /// @return where it stands; the best parameters are loaded when it is done
  public RunState run(RunState from, BooleanSupplier stop) throws IOException {
    state = from;
    Files.createDirectories(checkpoints);
    while (!isFinished(state) && !stop.getAsBoolean()) {
      step();
      if (evaluatesAfter(state.step())) {
        evaluate();
        save();
      } else if (isTimeToSave()) {
        save();
      }
    }
    if (isFinished(state)) {
      TrainingCheckpoint.readParameters(best(state.bestStep()), optimizer.parameters());
      decoder.adapterChanged();
    } else {
      save();
    }
    return state;
  }

  /// Whether all steps are taken, or patience has run out.
  public boolean isFinished(RunState at) {
    boolean isOutOfPatience = settings.patience() > 0 && at.worseInARow() >= settings.patience();
    return at.step() == totalSteps() || isOutOfPatience;
  }

  private void step() throws IOException {
    long started = System.nanoTime();
    int epoch = (int) (state.step() / stepsPerEpoch());
    var rows =
        Batches.batch(order(epoch), (int) (state.step() % stepsPerEpoch()), settings.batchSize());
    var leaves = Batches.cut(rows, train, settings.packing());
    double rate = settings.learningRate(state.step(), totalSteps());
    var sum = engine.gradient(decoder, train, leaves, dropoutSeed());
    double norm =
        optimizer.step(
            sum.gradients().flat(), sum.evaluation(), state.step(), rate, settings, workers);
    decoder.adapterChanged();
    engine.release(sum);
    double seconds = (System.nanoTime() - started) / 1e9;
    long tokens = train.tokens(rows);
    state = state.afterStep(sum.evaluation(), tokens, seconds);
    listener.stepped(
        new StepReport(
            state.step(),
            totalSteps(),
            epoch + 1,
            sum.evaluation().loss(),
            sum.evaluation().tokenAccuracy(),
            norm,
            rate,
            sum.evaluation().tokens(),
            tokens,
            seconds));
  }

  private long dropoutSeed() {
    return settings.seed() * 0xD1B54A32D192ED03L + state.step() * 0x8CB92BA72F3D8DD7L;
  }

  private int[] order(int epoch) {
    if (orderEpoch != epoch) {
      order = EpochOrder.of(settings.seed(), epoch, train.size());
      orderEpoch = epoch;
    }
    return order;
  }

  private void evaluate() throws IOException {
    var result = heldOut.measure();
    state = state.afterEvaluation(result);
    boolean isBest = state.bestStep() == state.step();
    if (isBest) {
      TrainingCheckpoint.writeParameters(best(state.step()), optimizer.parameters(), state);
    }
    listener.evaluated(state.step(), result, isBest);
  }

  private boolean isTimeToSave() {
    if (settings.checkpointEvery() > 0) {
      return state.step() % settings.checkpointEvery() == 0;
    }
    double since = (System.nanoTime() - savedAt) / 1e9;
    return since > Math.max(LEAST_SECONDS_BETWEEN_SAVES, saveSeconds / SAVING_SHARE);
  }

  private void save() throws IOException {
    long started = System.nanoTime();
    listener.saving(state);
    TrainingCheckpoint.write(last, optimizer, state);
    deleteFormerBest();
    savedAt = System.nanoTime();
    saveSeconds = (savedAt - started) / 1e9;
  }

  private void deleteFormerBest() throws IOException {
    try (var files = Files.newDirectoryStream(checkpoints, "best-*.safetensors")) {
      for (var file : files) {
        if (!file.equals(best(state.bestStep()))) {
          Files.delete(file);
        }
      }
    }
  }
}
