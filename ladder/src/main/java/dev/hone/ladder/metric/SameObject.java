package dev.hone.ladder.metric;

/// Whether the answer is a JSON object with just the fields and values of the reference, as
/// [SlotF1] compares them.
public final class SameObject implements Metric {
  private final SlotF1 slots = new SlotF1();

  @Override
  public String name() {
    return "same-object";
  }

  @Override
  public boolean isPassFail() {
    return true;
  }

  @Override
  public double score(Reference reference, String answer) {
    var counts = slots.counts(reference, answer);
    boolean isSame = counts[1] == 0 && counts[2] == 0;
    return isSame && SlotF1.object(answer).isPresent() ? 1 : 0;
  }
}
