package dev.hone.tune.data;

import dev.hone.model.text.Conversation;
import dev.hone.model.text.Message;
import dev.hone.model.text.Rendered;
import dev.hone.model.text.Renderer;
import java.nio.charset.StandardCharsets;
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
