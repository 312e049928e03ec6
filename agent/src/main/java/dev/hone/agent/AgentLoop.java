package dev.hone.agent;

import dev.hone.agent.Run.Ending;
import dev.hone.hosted.Requests;
import dev.hone.model.chat.CallText;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// LangChain4j's loop for agents, as its `AiServices` runs it, on tools that are known at run time:
/// ask, run the calls, give their results back, until the model answers.
///
/// @param mostSteps messages of the model in a turn
record AgentLoop(ChatModel model, int mostSteps) {
  /// What models begin calls with that they do not end.
  private static final Pattern BEGUN =
      Pattern.compile(".*<tool_call>.*|[\\[{]\\s*[{]?\\s*\"name\".*", Pattern.DOTALL);

  Run run(Turn turn) {
    var tools = new RecordedTools(turn);
    var calls = new ArrayList<MadeCall>();
    int steps = 0;
    try {
      var messages = new ArrayList<ChatMessage>(Requests.messages(turn.asked()));
      while (steps < mostSteps) {
        var said = ask(turn, messages);
        steps++;
        if (!said.hasToolExecutionRequests()) {
          return ended(turn, tools, calls, steps, said.text() == null ? "" : said.text().strip());
        }
        messages.add(said);
        for (var request : said.toolExecutionRequests()) {
          var arguments = request.arguments() == null ? "" : request.arguments();
          var made = tools.call(request.name(), arguments);
          calls.add(made);
          messages.add(result(request, made));
        }
      }
    } catch (LangChain4jException | IllegalArgumentException e) {
      var why = e.getMessage() == null ? e.toString() : e.getMessage();
      return new Run(turn, calls, tools.isCallMissing(), steps, "", Ending.FAILED, why);
    }
    return new Run(turn, calls, tools.isCallMissing(), steps, "", Ending.OUT_OF_STEPS, "");
  }

  private static ToolExecutionResultMessage result(ToolExecutionRequest request, MadeCall made) {
    return ToolExecutionResultMessage.builder()
        .id(request.id())
        .toolName(request.name())
        .text(made.result())
        .isError(made.isError())
        .build();
  }

  private AiMessage ask(Turn turn, List<ChatMessage> messages) {
    return model
        .chat(
            ChatRequest.builder()
                .messages(messages)
                .toolSpecifications(Requests.tools(turn.asked()))
                .build())
        .aiMessage();
  }

  /// A text that is meant as a call, of a tool that there isn't or in a form that cannot be read,
  /// is no answer.
  private static Run ended(
      Turn turn, RecordedTools tools, List<MadeCall> calls, int steps, String text) {
    var meant = CallText.calls(text);
    for (var call : meant) {
      var name = call.path("name").asString();
      var arguments = call.path("arguments");
      calls.add(
          arguments.isObject()
              ? tools.call(name, arguments.toString())
              : unreadable(name, arguments.toString()));
    }
    boolean isBegun = meant.isEmpty() && BEGUN.matcher(text).matches();
    if (isBegun) {
      calls.add(unreadable("", text));
    }
    boolean isAnswer = !text.isEmpty() && meant.isEmpty() && !isBegun;
    var ending = isAnswer ? Ending.ANSWERED : Ending.NO_ANSWER;
    return new Run(turn, calls, tools.isCallMissing(), steps, text, ending, "");
  }

  private static MadeCall unreadable(String name, String arguments) {
    return new MadeCall(name, arguments, Outcome.UNREADABLE, "");
  }
}
