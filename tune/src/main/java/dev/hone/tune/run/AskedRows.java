package dev.hone.tune.run;

import dev.hone.model.UsageException;
import dev.hone.tune.answer.AnswerLength;
import dev.hone.tune.answer.AnswerScorer;
import dev.hone.tune.answer.Prompt;
import dev.hone.tune.answer.RowToAsk;
import dev.hone.tune.data.EpochOrder;
import dev.hone.tune.data.Source;
import dev.hone.tune.data.TuningData;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The held-out rows that a run's model answers at each evaluation: always the same.
///
/// @param prompts at least one, in the file's order
/// @param expectedTokens of a good answer to each, with the one that ends it
/// @param maxTokens the most tokens of an answer
/// @param context the most tokens of a prompt and its answer
record AskedRows(
    AnswerScorer scorer,
    List<Prompt> prompts,
    List<Integer> expectedTokens,
    int maxTokens,
    int context) {
  /// Chooses them; empty where the request names no metric.
  ///
  /// @throws UsageException when none can be asked
  static Optional<AskedRows> of(
      TuneRequest request, ModelFiles files, int maxLength, TuneListener listener)
      throws IOException {
    return request.metric().isPresent()
        ? Optional.of(of(request, request.metric().get(), files, maxLength, listener))
        : Optional.empty();
  }

  private static AskedRows of(
      TuneRequest request,
      TuneRequest.Metric metric,
      ModelFiles files,
      int maxLength,
      TuneListener listener)
      throws IOException {
    var source = heldOut(request);
    var sorted = Prompt.render(RowToAsk.read(source), files.renderer(), maxLength);
    tellOfRefused(sorted, metric.scorer().name(), source, listener);
    var expected = sorted.prompts().stream().map(AskedRows::expected).toList();
    int maxTokens =
        metric.maxTokens().orElseGet(() -> AnswerLength.of(files.tokenizer(), expected));
    var chosen = some(sorted.prompts(), metric.rows(), request.hyper().seed());
    int context =
        Math.min(Prompt.longest(chosen) + maxTokens, files.config().maxPositionEmbeddings());
    var lengths =
        chosen.stream().map(row -> files.tokenizer().encode(expected(row)).length + 1).toList();
    return new AskedRows(metric.scorer(), chosen, lengths, maxTokens, context);
  }

  private static Source heldOut(TuneRequest request) {
    return request
        .valid()
        .orElseGet(() -> new Source(request.out().resolve(TuningData.HELD_OUT_FILE_NAME)));
  }

  private static void tellOfRefused(
      Prompt.Sorted sorted, String metric, Source source, TuneListener listener) {
    if (sorted.refused().isEmpty()) {
      return;
    }
    var first = sorted.refused().getFirst();
    var reason = "%s:%d: %s".formatted(source.file(), first.line(), first.why());
    if (sorted.prompts().isEmpty()) {
      throw new UsageException(
          "--metric %s: no held-out row can be asked; %s".formatted(metric, reason), first.cure());
    }
    listener.note(
        "%s leaves out %,d of %,d held-out rows, which cannot be asked; %s"
            .formatted(
                metric,
                sorted.refused().size(),
                sorted.refused().size() + sorted.prompts().size(),
                reason));
  }

  private static List<Prompt> some(List<Prompt> all, int most, long seed) {
    int[] drawn = EpochOrder.of(seed, 0, all.size());
    return Arrays.stream(drawn).limit(most).sorted().mapToObj(all::get).toList();
  }

  /// Of all answers together, if they are good.
  long allExpectedTokens() {
    return expectedTokens.stream().mapToLong(Integer::longValue).sum();
  }

  private static String expected(Prompt prompt) {
    return prompt.question().expected().getFirst();
  }
}
