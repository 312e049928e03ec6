package dev.hone.hosted;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.UsageException;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostedNameTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "openai:gpt-6-luna",
        "anthropic:claude-haiku-5.5",
        "gemini:gemini-3.7-flash",
        "ollama:qwen3:4b",
        "http://127.0.0.1:8080/v1#ft:hone:local:shop:abc"
      })
  void namesAreTextAgain(String text) {
    assertEquals(text, HostedName.parse(text).orElseThrow().text());
  }

  @ParameterizedTest
  @ValueSource(strings = {"hone", "models/base", "./openai", "C:/models/base"})
  void pathsAreNone(String text) {
    assertTrue(HostedName.parse(text).isEmpty());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"openai:", "http://127.0.0.1:8080/v1", "http://u:p@host/v1#m", "http:///#m"})
  void halfANameIsRefused(String text) {
    assertThrows(UsageException.class, () -> HostedName.parse(text));
  }

  @Test
  void onlyWhatIsHereIsLocal() {
    assertTrue(HostedName.parse("ollama:a").orElseThrow().isLocal());
    assertTrue(HostedName.parse("http://localhost:1/v1#a").orElseThrow().isLocal());
    assertFalse(HostedName.parse("https://127.example.org/v1#a").orElseThrow().isLocal());
    assertFalse(HostedName.parse("openai:a").orElseThrow().isLocal());
  }

  @Test
  void aKeyIsLookedForWhereTheProvidersClientsDo() throws IOException {
    var found = Secret.find(Provider.GEMINI, Map.of("GOOGLE_API_KEY", " abcd "), Optional.empty());
    assertEquals("abcd", found.value());
    assertEquals("[key]", found.toString());
    assertEquals("no [key] here", found.hiddenIn("no abcd here"));
    assertThrows(
        UsageException.class, () -> Secret.find(Provider.OPENAI, Map.of(), Optional.empty()));
    assertEquals("", Secret.find(Provider.OLLAMA, Map.of(), Optional.empty()).value());
  }
}
