package dev.hone.langchain4j;

import dev.hone.rag.answer.PassageLines;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.rag.content.Content;
import dev.langchain4j.rag.content.injector.ContentInjector;
import java.util.List;
import java.util.Set;

/// Puts what was found before the question, a numbered line each, so that no document can end its
/// line: see [PassageLines].
public final class FencedContentInjector implements ContentInjector {
  private final PassageLines lines;

  /// @param controlTokens texts that the model's tokenizer would read as control tokens
  public FencedContentInjector(Set<String> controlTokens) {
    this.lines = new PassageLines(controlTokens);
  }

  @Override
  public ChatMessage inject(List<Content> contents, ChatMessage message) {
    if (contents.isEmpty() || !(message instanceof UserMessage user) || !user.hasSingleText()) {
      return message;
    }
    var texts = contents.stream().map(content -> content.textSegment().text()).toList();
    return UserMessage.from(lines.before(user.singleText(), texts));
  }
}
