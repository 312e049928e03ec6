package dev.hone.model.text;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/// The format of models that have no chat template (`docs/chat-format.md`): BOS, then the messages
/// one after the other. The assistant's text ends in EOS, everybody else's in a newline. Every
/// message is encoded apart.
///
/// So a prompt and its completion are: BOS, prompt, newline, completion, EOS.
public final class PlainRenderer implements ChatRenderer {
  private final TextEncoder encoder;
  private final OptionalInt bosId;
  private final int eosId;

  /// @param bosId what begins a text; empty for models without
  /// @param eosId what ends one
  public PlainRenderer(TextEncoder encoder, OptionalInt bosId, int eosId) {
    this.encoder = encoder;
    this.bosId = bosId;
    this.eosId = eosId;
  }

  @Override
  public List<Rendered> renderExample(Conversation conversation) {
    int last = lastTrained(conversation.messages());
    if (last < 0) return List.of();
    return List.of(rendered(conversation, last + 1).build());
  }

  private static int lastTrained(List<Message> messages) {
    for (int i = messages.size() - 1; i >= 0; i--) {
      if (messages.get(i).trained()) return i;
    }
    return -1;
  }

  @Override
  public int[] renderPrompt(Conversation conversation) {
    return rendered(conversation, conversation.messages().size()).ids();
  }

  private RenderedBuilder rendered(Conversation conversation, int numMessages) {
    var example = start();
    for (var tool : conversation.tools()) example.read(json(tool) + "\n");
    for (var message : conversation.messages().subList(0, numMessages)) add(message, example);
    return example;
  }

  private RenderedBuilder start() {
    var example = new RenderedBuilder(encoder);
    bosId.ifPresent(example::read);
    return example;
  }

  private void add(Message message, RenderedBuilder example) {
    if (!message.role().equals("assistant")) {
      example.read(message.content() + "\n");
    } else if (message.trained()) {
      example.learn(said(message));
      example.learn(eosId);
    } else {
      example.read(said(message));
      example.read(eosId);
    }
  }

  /// What the assistant writes: its text, then each call of a tool on a line of its own.
  private static String said(Message message) {
    var text = message.content().isEmpty() ? Stream.<String>empty() : Stream.of(message.content());
    return String.join(
        "\n", Stream.concat(text, message.toolCalls().stream().map(PlainRenderer::call)).toList());
  }

  private static String call(ToolCall toolCall) {
    var call = new LinkedHashMap<String, Object>();
    call.put("name", toolCall.name());
    call.put("arguments", toolCall.arguments());
    return json(call);
  }

  private static String json(Map<String, Object> object) {
    return JsonMapper.shared().writeValueAsString(object);
  }

  @Override
  public Rendered renderText(String text) {
    var example = start();
    example.learn(text);
    example.learn(eosId);
    return example.build();
  }

  @Override
  public int[] stopIds() {
    return new int[] {eosId};
  }

  @Override
  public RenderFormat format() {
    return RenderFormat.plain();
  }
}
