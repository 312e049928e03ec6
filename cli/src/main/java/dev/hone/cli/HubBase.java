package dev.hone.cli;

import dev.hone.base.Embedded;
import dev.hone.hub.Hub;
import dev.hone.hub.HubListener;
import dev.hone.hub.HubModel;
import dev.hone.hub.HubSettings;
import dev.hone.hub.Patience;
import dev.hone.model.checkpoint.HubSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// A `--base` that may be a model of Hugging Face's hub: `org/name`, or `org/name@revision`, where
/// there is no such file.
///
/// It is brought when a command runs and not while its words are read, so that a wrong option is
/// told before gigabytes come.
final class HubBase {
  private HubBase() {}

  /// The model's directory in the hub's cache, downloaded where it isn't there; or the base itself.
  static Path bring(Shell shell, Path base) throws IOException {
    var model = named(base);
    if (model.isEmpty()) {
      return base;
    }
    try (var shown = new Shown(ProgressDisplay.on(shell), model.get())) {
      return new Hub(HubSettings.of(shell.environment()), Patience.USUAL, shown).fetch(model.get());
    }
  }

  static Optional<Path> bring(Shell shell, Optional<Path> base) throws IOException {
    return base.isPresent() ? Optional.of(bring(shell, base.get())) : base;
  }

  /// What a base is called: a model of the hub by its name there.
  static String name(Path base) {
    return named(base)
        .map(HubModel::toString)
        .orElseGet(() -> base.toAbsolutePath().getFileName().toString());
  }

  /// What a user types for a model's directory.
  static String typed(Path directory) {
    var name = Embedded.nameOf(directory);
    return name.equals(Embedded.MODEL) ? name : HubSnapshot.typedNameOf(directory);
  }

  private static Optional<HubModel> named(Path base) {
    return Files.exists(base) ? Optional.empty() : HubModel.parse(base.toString());
  }

  /// Shows a download.
  private static final class Shown implements HubListener, AutoCloseable {
    private final ProgressDisplay display;
    private final HubModel model;
    private long begun;
    private long doneBefore;

    Shown(ProgressDisplay display, HubModel model) {
      this.display = display;
      this.model = model;
    }

    @Override
    public void note(String text) {
      display.line("note: " + text);
    }

    @Override
    public void begin(long done, long total) {
      begun = System.nanoTime();
      doneBefore = done;
      display.line(
          "downloading %s: %s%s"
              .formatted(
                  model,
                  Numbers.bytes(total),
                  done == 0 ? "" : ", of which %s are here".formatted(Numbers.bytes(done))));
      display.begin(model + ", kB", kilobytes(done), kilobytes(total));
    }

    @Override
    public void moved(long done, long total) {
      double seconds = Math.max(1e-9, (System.nanoTime() - begun) / 1e9);
      double bytesPerSecond = Math.max(1, (done - doneBefore) / seconds);
      display.show(
          new Progress(
              "kB",
              kilobytes(done),
              kilobytes(total),
              Numbers.bytes((long) bytesPerSecond) + "/s",
              (total - done) / bytesPerSecond));
    }

    /// Rounded up, so that nothing is 0 of 0.
    private static long kilobytes(long bytes) {
      return (bytes + 999) / 1000;
    }

    @Override
    public void close() {
      display.close();
    }
  }
}
