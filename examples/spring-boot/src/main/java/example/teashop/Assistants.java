package example.teashop;

import dev.hone.langchain4j.HoneBase;
import dev.hone.langchain4j.HoneChatModel;
import dev.hone.langchain4j.HoneContentRetriever;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.Result;
import dev.langchain4j.service.UserMessage;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// LangChain4j's services on the model.
@Configuration(proxyBeanMethods = false)
class Assistants {
  /// Answers from the documents, knowing which day it is.
  interface Assistant {
    Result<String> answer(String question);
  }

  /// Reads an order out of a letter.
  interface OrderClerk {
    @UserMessage("Which tea, how many tins, and by express? {{it}}")
    Order read(String letter);
  }

  @Bean
  Assistant assistant(
      HoneChatModel model, HoneContentRetriever retriever, HoneBase base, Today today) {
    return AiServices.builder(Assistant.class)
        .chatModel(model)
        .retrievalAugmentor(retriever.augmentor(base.controlTokens()))
        .tools(today)
        .chatRequestTransformer(Assistants::callOnce)
        .build();
  }

  @Bean
  OrderClerk orderClerk(HoneChatModel model) {
    return AiServices.create(OrderClerk.class, model);
  }

  /// The tool must be called first; once its result is there, the model must answer. Without this,
  /// the model decides.
  private static ChatRequest callOnce(ChatRequest request) {
    boolean isCalled = request.messages().getLast() instanceof ToolExecutionResultMessage;
    var choice = isCalled ? ToolChoice.NONE : ToolChoice.REQUIRED;
    var chosen = ChatRequestParameters.builder().toolChoice(choice).build();
    return ChatRequest.builder()
        .messages(request.messages())
        .parameters(request.parameters().overrideWith(chosen))
        .build();
  }
}
