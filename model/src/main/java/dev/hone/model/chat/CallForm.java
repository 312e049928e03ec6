package dev.hone.model.chat;

import dev.hone.model.text.ChatRenderer;
import dev.hone.model.text.Conversation;
import dev.hone.model.text.Message;
import dev.hone.model.text.Tokenizer;
import dev.hone.model.text.ToolCall;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How a model writes a tool call, found by rendering one: what stands before the JSON. An answer
/// that must call a tool goes on from there, so that it looks as in training.
///
/// @param prefix tokens between the prompt and the JSON
record CallForm(int[] prefix) {
  private static final String NAME = "zzsentinel";
  private static final String JSON =
      "{\"name\": \"%s\", \"arguments\": {\"a\": 1}}".formatted(NAME);

  /// Empty where the model's format doesn't write calls as `{"name": …, "arguments": …}`.
  static Optional<CallForm> of(ChatRenderer renderer, Tokenizer tokenizer) {
    var tool =
        Map.<String, Object>of(
            "type",
            "function",
            "function",
            Map.of("name", NAME, "description", "", "parameters", Map.of("type", "object")));
    var asked = List.of(Message.user("x"));
    var call = new ToolCall("", NAME, Map.of("a", 1));
    var answer = new Message("assistant", "", List.of(call), "", "", true);
    int[] prompt = renderer.renderPrompt(new Conversation(asked, List.of(tool)));
    int[] all =
        renderer
            .renderExample(new Conversation(List.of(asked.getFirst(), answer), List.of(tool)))
            .getLast()
            .ids();
    if (all.length <= prompt.length || Arrays.mismatch(prompt, all) != prompt.length) {
      return Optional.empty();
    }
    int[] said = Arrays.copyOfRange(all, prompt.length, all.length);
    int at = plain(tokenizer.decode(said, false)).indexOf(plain(JSON));
    return at < 0 ? Optional.empty() : prefix(said, tokenizer);
  }

  private static String plain(String text) {
    return text.replace(" ", "");
  }

  private static Optional<CallForm> prefix(int[] said, Tokenizer tokenizer) {
    var text = tokenizer.decode(said, false);
    var before = text.substring(0, text.lastIndexOf('{', text.indexOf(NAME)));
    for (int length = 0; length < said.length; length++) {
      int[] first = Arrays.copyOf(said, length);
      if (tokenizer.decode(first, false).equals(before)) {
        return Optional.of(new CallForm(first));
      }
    }
    return Optional.of(new CallForm(tokenizer.encode(before)));
  }
}
