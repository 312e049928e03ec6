package dev.hone.cli;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.jline.utils.Signals;

/// Whether the user asked to stop: true from the first Ctrl-C (or SIGTERM) on. The second one ends
/// the process at once.
final class Interrupt implements BooleanSupplier, AutoCloseable {
  static final String STOPPING =
      "stopping: finishing the step and saving; Ctrl-C again quits at once";

  /// What a shell reports of a process that Ctrl-C ended.
  private static final int QUIT = 130;

  private final Map<String, Object> previous = new TreeMap<>();
  private final Runnable onFirst;
  private volatile boolean isAsked;

  private Interrupt(Runnable onFirst) {
    this.onFirst = onFirst;
  }

  /// Takes the signals over until closed.
  static Interrupt listen(Runnable onFirst) {
    var interrupt = new Interrupt(onFirst);
    for (var signal : new String[] {"INT", "TERM"}) {
      interrupt.previous.put(signal, Signals.register(signal, interrupt::ask));
    }
    return interrupt;
  }

  /// What a signal does.
  void ask() {
    if (isAsked) {
      Runtime.getRuntime().halt(QUIT);
    }
    isAsked = true;
    onFirst.run();
  }

  @Override
  public boolean getAsBoolean() {
    return isAsked;
  }

  @Override
  public void close() {
    previous.forEach(Signals::unregister);
  }
}
