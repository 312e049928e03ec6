package dev.hone.server.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.hone.server.api.ApiException;
import dev.hone.server.api.Hyperparameters;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class JobRequestTest {
  private static JobRequest parse(String more) {
    var json = "{'model': 'hone', 'training_file': 'file-1'%s}".formatted(more);
    return JobRequest.parse(JsonMapper.shared().readTree(json.replace('\'', '"')));
  }

  private static void assertRefused(String param, String more) {
    var refused = assertThrows(ApiException.class, () -> parse(more), more);
    assertEquals(Optional.of(param), refused.param(), refused.getMessage());
    assertEquals(400, refused.status());
    assertEquals("invalid_request_error", refused.type());
  }

  @Test
  void whatIsLeftOutIsChosen() {
    var request = parse("");
    assertEquals(Hyperparameters.AUTO, request.hyperparameters());
    assertEquals(OptionalLong.empty(), request.seed());
    assertEquals(Optional.empty(), request.suffix());
    assertEquals(
        request,
        parse(
            ", 'suffix': null, 'seed': null, 'method': null, 'metadata': null,"
                + " 'validation_file': null, 'integrations': [], 'hyperparameters': {"
                + "'n_epochs': 'auto', 'batch_size': 'auto'}"));
  }

  @Test
  void everythingIsRead() {
    var request =
        parse(
            ", 'validation_file': 'file-2', 'suffix': 'my-shop', 'seed': 2147483647,"
                + " 'metadata': {'team': 'search'}, 'method': {'type': 'supervised', 'supervised':"
                + " {'hyperparameters': {'n_epochs': 50, 'batch_size': 256,"
                + " 'learning_rate_multiplier': 0.5}}}");
    var hyper =
        new Hyperparameters(OptionalInt.of(50), OptionalInt.of(256), OptionalDouble.of(0.5));
    assertEquals(
        new JobRequest(
            "hone",
            "file-1",
            Optional.of("file-2"),
            Optional.of("my-shop"),
            OptionalLong.of(2147483647),
            hyper,
            Map.of("team", "search")),
        request);
    var older =
        parse(
            ", 'hyperparameters': {'n_epochs': 50, 'batch_size': 256,"
                + " 'learning_rate_multiplier': 0.5}");
    assertEquals(hyper, older.hyperparameters());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "seed | 'seed': -1",
        "seed | 'seed': 2147483648",
        "seed | 'seed': 1.5",
        "seed | 'seed': '1'",
        "suffix | 'suffix': ''",
        "suffix | 'suffix': 'a:b'",
        "suffix | 'suffix': '../x'",
        "suffix | 'suffix': 7",
        "metadata | 'metadata': []",
        "metadata.a | 'metadata': {'a': 1}",
        "integrations | 'integrations': [{'type': 'wandb', 'wandb': {'project': 'x'}}]",
        "n_epochs | 'n_epochs': 3",
        "hyperparameters.n_epochs | 'hyperparameters': {'n_epochs': 0}",
        "hyperparameters.n_epochs | 'hyperparameters': {'n_epochs': 51}",
        "hyperparameters.n_epochs | 'hyperparameters': {'n_epochs': 'many'}",
        "hyperparameters.batch_size | 'hyperparameters': {'batch_size': 257}",
        "hyperparameters.learning_rate_multiplier"
            + " | 'hyperparameters': {'learning_rate_multiplier': 0}",
        "hyperparameters.beta | 'hyperparameters': {'beta': 0.1}",
        "method.type | 'method': {}",
        "method.type | 'method': {'type': 'dpo', 'dpo': {}}",
        "method.type | 'method': {'type': 'reinforcement'}",
        "method.type | 'method': {'type': 'magic'}",
        "method.supervised.hyperparameters.n_epochs"
            + " | 'method': {'type': 'supervised',"
            + " 'supervised': {'hyperparameters': {'n_epochs': -1}}}",
        "hyperparameters"
            + " | 'method': {'type': 'supervised'}, 'hyperparameters': {'n_epochs': 1}",
      })
  void whatCannotBeIsRefusedByName(String param, String field) {
    assertRefused(param, ", " + field);
  }

  @Test
  void metadataIsLimited() {
    assertRefused("metadata", ", 'metadata': {'%s': 'x'}".formatted("k".repeat(65)));
    assertRefused("metadata.k", ", 'metadata': {'k': '%s'}".formatted("v".repeat(513)));
    var pairs = new StringBuilder();
    for (int i = 0; i < 17; i++) {
      pairs.append(i == 0 ? "" : ",").append("'k%d': 'v'".formatted(i));
    }
    assertRefused("metadata", ", 'metadata': {%s}".formatted(pairs));
  }

  @Test
  void whatIsMissingIsNamed() {
    var refused =
        assertThrows(
            ApiException.class,
            () -> JobRequest.parse(JsonMapper.shared().readTree("{\"model\": \"hone\"}")));
    assertEquals("Missing required parameter: 'training_file'.", refused.getMessage());
    assertEquals(Optional.of("missing_required_parameter"), refused.code());
  }
}
