package dev.hone.model.chat;

import dev.hone.model.UsageException;
import dev.hone.model.chat.RefusedException.Part;
import dev.hone.model.generate.SamplingOptions;
import dev.hone.model.grammar.Grammar;
import dev.hone.model.grammar.JsonSchema;
import dev.hone.model.serve.Request;
import dev.hone.model.text.Conversation;
import java.util.List;
import java.util.stream.IntStream;

/// What a chat model is asked.
///
/// @param conversation with the tools on offer
/// @param mustCall names of tools on offer, one of which must be called; where there are none, the
///   model decides
/// @param options how the answer is written; as far as the context allows, and to the model's own
///   stop ids
public record Question(Conversation conversation, List<String> mustCall, SamplingOptions options) {
  public Question {
    mustCall = List.copyOf(mustCall);
  }

  /// As an engine takes it: the model's own prompt. Where a tool must be called, the prompt ends
  /// with the beginning of a call, and a grammar holds the rest to the tool's schema.
  ///
  /// @throws RefusedException when it cannot be asked
  public Request request(ModelHost host, Served model) {
    int[] prompt = prompt(host, model);
    int context = host.contextLength();
    if (prompt.length >= context) {
      throw tooLong(context, prompt.length);
    }
    var ending = options.withStopIds(host.stopIds(model));
    var request = Request.of(prompt, mustCall.isEmpty() ? ending : ending.withGrammar(call()));
    return model.adapter().map(request::withAdapter).orElse(request);
  }

  /// That a prompt leaves no room for an answer.
  ///
  /// @param context the most tokens of a prompt and its answer
  public static RefusedException tooLong(int context, int tokens) {
    return new RefusedException(
        Part.LENGTH,
        "This model's maximum context length is %d tokens. However, your messages resulted in %d tokens."
            .formatted(context, tokens));
  }

  private int[] prompt(ModelHost host, Served model) {
    int[] prompt;
    try {
      prompt = model.renderer().renderPrompt(conversation);
    } catch (UsageException e) {
      throw new RefusedException(Part.MESSAGES, e.getMessage());
    }
    if (mustCall.isEmpty()) {
      return prompt;
    }
    int[] prefix =
        CallForm.of(model.renderer(), host.tokenizer())
            .orElseThrow(() ->
                new RefusedException(
                    Part.TOOL_CHOICE,
                    "This model's chat template does not write calls in a form that can be"
                        + " required; use 'auto'."))
            .prefix();
    return IntStream.concat(IntStream.of(prompt), IntStream.of(prefix)).toArray();
  }

  private Grammar call() {
    var tools =
        conversation.tools().stream()
            .filter(tool -> mustCall.contains(CallText.name(tool)))
            .toList();
    try {
      return JsonSchema.compile(CallText.schema(tools));
    } catch (UsageException e) {
      throw new RefusedException(Part.TOOLS, e.getMessage());
    }
  }
}
