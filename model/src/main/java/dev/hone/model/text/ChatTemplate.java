package dev.hone.model.text;

import dev.hone.model.Sha256;
import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.CheckpointException;
import dev.hone.model.checkpoint.SpecialTokens;
import dev.hone.model.checkpoint.TemplateSource;
import dev.hone.model.jinja.Template;
import dev.hone.model.jinja.TemplateException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A model's chat template: conversations to text, as the Python library `transformers` renders
/// them.
///
/// Some models have a second template for conversations with tools.
public final class ChatTemplate {
  private static final String FILE = "chat_template.jinja";
  private static final List<String> SPECIAL_TOKENS =
      List.of(
          "bos_token",
          "eos_token",
          "unk_token",
          "sep_token",
          "pad_token",
          "cls_token",
          "mask_token");

  private final Template template;
  private final Optional<Template> templateWithTools;
  private final Map<String, String> specialTokens;
  private final String sha256;
  private final boolean usesClock;

  private ChatTemplate(
      String name, Map<String, String> sources, Map<String, String> specialTokens) {
    this.template = compile(name, sources.get("default"));
    this.templateWithTools =
        Optional.ofNullable(sources.get("tool_use")).map(source -> compile(name, source));
    this.specialTokens = Map.copyOf(specialTokens);
    var all = sources.get("default") + "\0" + sources.getOrDefault("tool_use", "");
    this.sha256 = sha256(all);
    this.usesClock = all.contains("strftime_now");
  }

  /// A template given as text.
  ///
  /// @param specialTokens variables such as `bos_token`; one that the model lacks is left out
  public static ChatTemplate of(String source, Map<String, String> specialTokens) {
    return new ChatTemplate(FILE, Map.of("default", source), specialTokens);
  }

  /// The template in a model's directory: `chat_template.jinja`, else `chat_template` in
  /// `tokenizer_config.json`; empty where there is neither.
  ///
  /// @throws CheckpointException when a file is damaged
  /// @throws UsageException when the template uses what isn't supported
  public static Optional<ChatTemplate> find(Path modelDir) throws CheckpointException {
    var source = TemplateSource.find(modelDir);
    if (source.isEmpty()) return Optional.empty();
    var path = source.get().file();
    if (!source.get().texts().containsKey("default")) {
      throw new CheckpointException(
          path, "has chat templates, but none named default; name the one to use so");
    }
    return Optional.of(
        new ChatTemplate(path.toString(), source.get().texts(), specialTokens(modelDir)));
  }

  private static Map<String, String> specialTokens(Path modelDir) throws CheckpointException {
    var roles = SpecialTokens.read(modelDir);
    var found = new HashMap<String, String>();
    for (var name : SPECIAL_TOKENS) roles.text(name).ifPresent(text -> found.put(name, text));
    return found;
  }

  private static Template compile(String name, String source) {
    try {
      return Template.compile(name, source);
    } catch (TemplateException e) {
      throw new UsageException(
          "the chat template cannot be used: " + e.getMessage(),
          "put a corrected one beside the model as " + FILE,
          e);
    }
  }

  private static String sha256(String text) {
    return Sha256.of(text);
  }

  /// What tells this template from others: the SHA-256 of its source.
  public String sha256() {
    return sha256;
  }

  /// Whether the template asks for the time, so that its text depends on the day.
  public boolean usesClock() {
    return usesClock;
  }

  /// Renders messages.
  ///
  /// @param messages in order
  /// @param tools on offer, may be empty
  /// @param addGenerationPrompt whether the header of the assistant's next turn follows
  /// @param kwargs more variables, such as `enable_thinking`
  /// @param now what `strftime_now` shows
  /// @throws TemplateException where the template refuses the messages
  public Template.Rendering render(
      List<Message> messages,
      List<Map<String, Object>> tools,
      boolean addGenerationPrompt,
      Map<String, Object> kwargs,
      LocalDateTime now) {
    var variables = new HashMap<String, Object>(specialTokens);
    variables.put("messages", messages.stream().map(ChatTemplate::variables).toList());
    variables.put("tools", tools.isEmpty() ? null : tools);
    variables.put("documents", null);
    variables.put("add_generation_prompt", addGenerationPrompt);
    variables.putAll(kwargs);
    var chosen = tools.isEmpty() ? template : templateWithTools.orElse(template);
    return chosen.render(variables, () -> now);
  }

  /// A message as templates see it: only the keys that it has.
  private static Map<String, Object> variables(Message message) {
    var variables = new LinkedHashMap<String, Object>();
    variables.put("role", message.role());
    variables.put("content", message.content());
    if (!message.toolCalls().isEmpty()) variables.put("tool_calls", calls(message.toolCalls()));
    if (!message.toolCallId().isEmpty()) variables.put("tool_call_id", message.toolCallId());
    if (!message.name().isEmpty()) variables.put("name", message.name());
    return variables;
  }

  private static List<Map<String, Object>> calls(List<ToolCall> toolCalls) {
    var calls = new ArrayList<Map<String, Object>>();
    for (var toolCall : toolCalls) {
      var call = new LinkedHashMap<String, Object>();
      call.put("type", "function");
      if (!toolCall.id().isEmpty()) call.put("id", toolCall.id());
      var function = new LinkedHashMap<String, Object>();
      function.put("name", toolCall.name());
      function.put("arguments", toolCall.arguments());
      call.put("function", function);
      calls.add(call);
    }
    return calls;
  }
}
