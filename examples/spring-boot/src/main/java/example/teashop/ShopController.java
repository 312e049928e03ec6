package example.teashop;

import dev.langchain4j.service.Result;
import example.teashop.Assistants.Assistant;
import example.teashop.Assistants.OrderClerk;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// The shop over HTTP.
@RestController
class ShopController {
  private final Assistant assistant;
  private final OrderClerk orderClerk;

  ShopController(Assistant assistant, OrderClerk orderClerk) {
    this.assistant = assistant;
    this.orderClerk = orderClerk;
  }

  /// An answer, and what it rests on.
  ///
  /// @param sources documents that were put before the model
  /// @param calls of tools, with their results
  record Answer(String answer, List<String> sources, List<String> calls) {
    static Answer of(Result<String> result) {
      return new Answer(
          result.content(),
          result.sources().stream()
              .map(content -> content.textSegment().metadata().getString("source"))
              .toList(),
          result.toolExecutions().stream()
              .map(call -> call.request().name() + ": " + call.result())
              .toList());
    }
  }

  @GetMapping("/ask")
  Answer ask(@RequestParam String question) {
    return Answer.of(assistant.answer(question));
  }

  @PostMapping("/orders")
  Order order(@RequestBody String letter) {
    return orderClerk.read(letter);
  }
}
