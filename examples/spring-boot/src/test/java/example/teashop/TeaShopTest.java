package example.teashop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.web.client.RestClient;

/// The running application, over HTTP. The embedded model is small: what is tested is that its
/// answers come from where they should and in the form that they should, not that they are wise.
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class TeaShopTest {
  @TempDir static Path dir;

  @LocalServerPort private int port;
  private RestClient client;

  @DynamicPropertySource
  static void index(DynamicPropertyRegistry registry) {
    registry.add("teashop.index", () -> dir.resolve("index"));
  }

  @BeforeEach
  void connect() {
    client = RestClient.create("http://127.0.0.1:" + port);
  }

  private ShopController.Answer ask(String question) {
    return client
        .get()
        .uri("/ask?question={question}", question)
        .retrieve()
        .body(ShopController.Answer.class);
  }

  @Test
  void questionsAreAnsweredFromTheDocuments() {
    assertEquals(List.of("delivery.md"), ask("What does express delivery cost?").sources());
    var answer = ask("How much does a return label cost?");
    assertEquals(List.of("returns.md"), answer.sources());
    assertFalse(answer.answer().isBlank());
  }

  @Test
  void theModelAsksForTheDayFirst() {
    var calls = ask("Is the shop open today?").calls();
    assertEquals(1, calls.size());
    assertTrue(calls.getFirst().startsWith("today: "), calls::toString);
  }

  @Test
  void anOrderIsRead() {
    var order =
        client
            .post()
            .uri("/orders")
            .body("Two tins of Ember, please.")
            .retrieve()
            .body(Order.class);
    assertTrue(List.of(Tea.values()).contains(order.tea()), order::toString);
  }
}
