package dev.hone.rag.measure;

/// How many passages to put before the model: on half of the questions, the fewest that lose no
/// more than one in a hundred of the documents that the first twenty have.
///
/// @param passages the suggestion
/// @param recall of so many on the other half
/// @param recallOfTwenty on the other half
public record PassageCount(int passages, double recall, double recallOfTwenty) {
  private static final int MOST = 20;
  private static final double TOLERATED = 0.01;

  static PassageCount choose(Ranks first, Ranks second) {
    int passages = 1;
    while (passages < MOST && first.recall(passages) < first.recall(MOST) - TOLERATED) {
      passages++;
    }
    return new PassageCount(passages, second.recall(passages), second.recall(MOST));
  }
}
