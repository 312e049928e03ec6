package dev.hone.cli;

import dev.hone.ladder.climb.ClimbListener;

/// Shows a climb: a bar for what each rung does.
final class ClimbDisplay implements ClimbListener {
  private final ProgressDisplay display;
  private String shown = "";
  private long begun;
  private long from;

  ClimbDisplay(ProgressDisplay display) {
    this.display = display;
  }

  @Override
  public void building(String rung, String what, long done, long total) {
    if (total == 0) {
      var name = rung + ": " + what;
      if (!name.equals(shown)) {
        display.line(name);
        shown = name;
      }
    } else {
      show(rung + ": " + what, "step", done, total);
    }
  }

  @Override
  public void asked(String rung, int done, int total) {
    show(rung + ": answering", "row", done, total);
  }

  private void show(String name, String unit, long done, long total) {
    var bar = name + total;
    if (!bar.equals(shown)) {
      shown = bar;
      begun = System.nanoTime();
      from = done;
      display.begin(name, done, total);
    }
    double seconds = (System.nanoTime() - begun) / 1e9;
    double left = done == from ? Double.NaN : seconds * (total - done) / (done - from);
    display.show(new Progress(unit, done, total, "", left));
  }

  @Override
  public void note(String text) {
    display.line(text);
  }
}
