package dev.hone.tune.data;

import dev.hone.model.text.Conversation;
import dev.hone.model.text.Message;
import dev.hone.model.text.Rendered;
import dev.hone.model.text.Renderer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/// Renders rows, and says what is learned of them: the answers alone or, where asked, every token.
final class RowRenderer {
  private final Renderer renderer;
  private final boolean trainsOnPrompt;

  RowRenderer(Renderer renderer, boolean trainsOnPrompt) {
    this.renderer = renderer;
    this.trainsOnPrompt = trainsOnPrompt;
  }

  List<Rendered> render(Row row) {
    return switch (row) {
      case Row.Chat(var conversation) -> conversation(conversation);
      case Row.Completion(var prompt, var completion) ->
          conversation(Conversation.ofPrompt(prompt, completion));
      case Row.Text(var text) -> List.of(renderer.renderText(text));
    };
  }

  /// Where turns are rendered apart, each repeats those before it: the last one alone has every
  /// token once.
  private List<Rendered> conversation(Conversation conversation) {
    var rendered = renderer.renderExample(conversation);
    return trainsOnPrompt && !rendered.isEmpty()
        ? List.of(allTrained(rendered.getLast(), conversation))
        : rendered;
  }

  private static Rendered allTrained(Rendered rendered, Conversation conversation) {
    var all = new BitSet();
    all.set(1, Math.max(1, rendered.ids().length));
    int bytes =
        conversation.messages().stream()
            .map(Message::content)
            .mapToInt(RowRenderer::utf8Length)
            .sum();
    return new Rendered(rendered.ids(), all, bytes);
  }

  private static int utf8Length(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  /// The pieces of a rendered text that fit, one behind the other. Each but the first begins with
  /// the last token of the one before it, so that every target is in one of them.
  ///
  /// @param maxLength tokens of a piece, at most
  static List<Example> pieces(Rendered rendered, int maxLength) {
    var pieces = new ArrayList<Example>();
    int length = rendered.ids().length;
    int targets = rendered.trainedTokens();
    int before = 0;
    for (int from = 0; from + 1 < length; from += maxLength - 1) {
      int to = Math.min(length, from + maxLength);
      var trained = rendered.trained().get(from, to);
      trained.clear(0);
      int done = before + trained.cardinality();
      long bytes = rendered.targetBytes();
      int own = (int) (bytes * done / targets - bytes * before / targets);
      pieces.add(
          new Example(Arrays.copyOfRange(rendered.ids(), from, to), to - from, trained, own));
      before = done;
    }
    return pieces;
  }

  /// The part of a rendered row that fits. The bytes behind cut targets are not known; they are
  /// taken in proportion.
  ///
  /// @param maxLength tokens that are kept, from the start
  static Example cut(Rendered rendered, int maxLength) {
    int length = Math.min(rendered.ids().length, maxLength);
    var kept = rendered.trained().get(0, length);
    long bytes = rendered.targetBytes();
    int targets = rendered.trainedTokens();
    int keptBytes =
        targets == 0 ? 0 : (int) Math.round((double) bytes * kept.cardinality() / targets);
    return new Example(rendered.ids(), length, kept, keptBytes);
  }
}
