package dev.hone.agent;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import java.util.ArrayList;
import java.util.List;

/// Says what it is told to, one thing after the other, and keeps what it was asked.
final class ScriptedModel implements ChatModel {
  final List<ChatRequest> requests = new ArrayList<>();
  private final List<AiMessage> script;

  ScriptedModel(AiMessage... script) {
    this.script = List.of(script);
  }

  /// `find {"city":"Ulm"}; find {"city":"Bonn"}` for calls, anything else for an answer.
  static AiMessage said(String text) {
    if (!text.matches("\\w+ \\{.*")) {
      return AiMessage.from(text);
    }
    var calls = new ArrayList<ToolExecutionRequest>();
    for (var call : text.split("; ")) {
      int at = call.indexOf(' ');
      calls.add(
          ToolExecutionRequest.builder()
              .id("call-" + calls.size())
              .name(call.substring(0, at))
              .arguments(call.substring(at + 1))
              .build());
    }
    return AiMessage.from(calls);
  }

  @Override
  public ChatResponse doChat(ChatRequest request) {
    requests.add(request);
    var next = script.get(Math.min(requests.size(), script.size()) - 1);
    return ChatResponse.builder().aiMessage(next).build();
  }
}
