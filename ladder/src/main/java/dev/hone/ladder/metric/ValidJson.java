package dev.hone.ladder.metric;

/// Whether the answer is a JSON object, whatever stands in it.
public final class ValidJson implements Metric {
  @Override
  public String name() {
    return "json";
  }

  @Override
  public boolean isPassFail() {
    return true;
  }

  @Override
  public double score(Reference reference, String answer) {
    return SlotF1.object(answer).isPresent() ? 1 : 0;
  }
}
