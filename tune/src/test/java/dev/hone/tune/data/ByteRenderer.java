package dev.hone.tune.data;

import dev.hone.model.UsageException;
import dev.hone.model.text.Conversation;
import dev.hone.model.text.Message;
import dev.hone.model.text.Rendered;
import dev.hone.model.text.Renderer;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;

/// A renderer whose tokens are bytes: BOS, then per message the content and an end of turn. Enough
/// to test what reads rendered rows; a conversation that opens with the assistant is refused, as
/// many templates do.
final class ByteRenderer implements Renderer {
  static final int BOS = 256;
  static final int END = 257;

  @Override
  public List<Rendered> renderExample(Conversation conversation) {
    if (conversation.messages().getFirst().role().equals("assistant")) {
      throw new UsageException(
          "the template refuses: the user must speak first", "begin with a user message");
    }
    var row = new Building();
    for (var message : conversation.messages()) {
      row.message(message);
    }
    return List.of(row.rendered());
  }

  @Override
  public Rendered renderText(String text) {
    var row = new Building();
    row.message(Message.assistant(text));
    return row.rendered();
  }

  @Override
  public int[] renderPrompt(Conversation conversation) {
    throw new UnsupportedOperationException("no test of data asks for a prompt");
  }

  /// A row as far as it is rendered.
  private static final class Building {
    private int[] ids = {BOS};
    private final BitSet trained = new BitSet();
    private int targetBytes;

    void message(Message message) {
      byte[] bytes = (message.content() + message.toolCalls()).getBytes(StandardCharsets.UTF_8);
      if (message.toolCalls().isEmpty()) {
        bytes = message.content().getBytes(StandardCharsets.UTF_8);
      }
      int start = ids.length;
      ids = java.util.Arrays.copyOf(ids, start + bytes.length + 1);
      for (int i = 0; i < bytes.length; i++) {
        ids[start + i] = bytes[i] & 0xFF;
      }
      ids[ids.length - 1] = END;
      trained.set(start, ids.length, message.trained());
      targetBytes += message.trained() ? bytes.length : 0;
    }

    Rendered rendered() {
      return new Rendered(ids, trained, targetBytes);
    }
  }
}
