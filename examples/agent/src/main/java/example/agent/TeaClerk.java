package example.agent;

import dev.hone.langchain4j.HoneChatModel;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.Result;
import dev.langchain4j.service.tool.ToolErrorHandlerResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// An agent in a program's own process: LangChain4j's AiServices, two tools, and a model that has
/// been tuned on traces of such conversations, or has not.
public final class TeaClerk {
  /// A model that goes on calling is stopped.
  private static final int MOST_CALLS = 4;

  private static final List<String> QUESTIONS =
      List.of("How many tins of Slow River are left?", "What does Night Harbour cost?");

  private TeaClerk() {}

  interface Clerk {
    Result<String> answer(String question);
  }

  static Clerk clerk(ChatModel model) {
    return AiServices.builder(Clerk.class)
        .chatModel(model)
        .tools(new Shop())
        .toolArgumentsErrorHandler(
            (error, context) -> ToolErrorHandlerResult.text("Error: " + error.getMessage()))
        .maxToolCallingRoundTrips(MOST_CALLS)
        .build();
  }

  /// A question, the calls that were made for it with their results, and the answer.
  static List<String> lines(Clerk clerk, String question) {
    var lines = new ArrayList<String>();
    lines.add("> " + question);
    try {
      var result = clerk.answer(question);
      for (var call : result.toolExecutions()) {
        lines.add(
            "  %s %s = %s"
                .formatted(call.request().name(), call.request().arguments(), call.result()));
      }
      lines.add(result.content());
    } catch (RuntimeException e) {
      lines.add("no answer: " + e.getMessage());
    }
    return lines;
  }

  /// `[--base DIR] [--adapter DIR] [QUESTION…]`
  public static void main(String[] args) {
    var model = HoneChatModel.builder().temperature(0).maxOutputTokens(60);
    var questions = new ArrayList<String>();
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--base" -> model.base(Path.of(args[++i]));
        case "--adapter" -> model.adapter(Path.of(args[++i]));
        default -> questions.add(args[i]);
      }
    }
    try (var opened = model.build()) {
      var clerk = clerk(opened);
      (questions.isEmpty() ? QUESTIONS : questions)
          .forEach(question -> lines(clerk, question).forEach(IO::println));
    }
  }
}
