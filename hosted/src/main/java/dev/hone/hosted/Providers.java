package dev.hone.hosted;

import dev.langchain4j.model.anthropic.AnthropicChatModel;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.googleai.GoogleAiGeminiChatModel;
import dev.langchain4j.model.ollama.OllamaChatModel;
import dev.langchain4j.model.ollama.OllamaChatRequestParameters;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiChatRequestParameters;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// Opens hosted models through LangChain4j's providers.
public final class Providers {
  private static final String OLLAMA_HERE = "http://127.0.0.1:11434";

  /// Longer conversations are left to the provider to refuse.
  private static final int CONTEXT = 100_000;

  private Providers() {}

  /// A provider's own way to say what all have, and a seed.
  @FunctionalInterface
  interface Parameters {
    ChatRequestParameters with(ChatRequestParameters usual, long seed);
  }

  record Opened(ChatModel chat, Parameters parameters) {}

  /// @param environment variables of keys and addresses
  /// @param keyFile holds the key; empty where the environment does
  /// @param answerTokens the most tokens of an answer
  public static HostedModel open(
      HostedName name,
      Map<String, String> environment,
      Optional<Path> keyFile,
      Patience patience,
      Budget budget,
      int answerTokens)
      throws IOException {
    return open(name, environment, keyFile, patience, budget.base(), answerTokens);
  }

  /// What was tuned from a budget's model.
  static HostedModel openTuned(
      HostedName name,
      Map<String, String> environment,
      Optional<Path> keyFile,
      Patience patience,
      Budget budget,
      int answerTokens)
      throws IOException {
    return open(name, environment, keyFile, patience, budget.tuned(), answerTokens);
  }

  private static HostedModel open(
      HostedName name,
      Map<String, String> environment,
      Optional<Path> keyFile,
      Patience patience,
      Budget.Account account,
      int answerTokens)
      throws IOException {
    var key = Secret.find(name.provider(), environment, keyFile);
    var client = new LangChainTransport(new PatientClient(name.text(), key, patience));
    var address = name.address().map(URI::toString).or(() -> address(name, environment));
    var opened =
        switch (name.provider()) {
          case OPENAI, URL -> openAi(name, key, client, address, answerTokens);
          case ANTHROPIC -> anthropic(name, key, client, address, answerTokens);
          case GEMINI -> gemini(name, key, client, address, answerTokens);
          case OLLAMA -> ollama(name, client, address.orElse(OLLAMA_HERE), answerTokens);
        };
    var chat = new PaidChat(name, opened, account, answerTokens);
    return new HostedModel(name, chat, answerTokens, CONTEXT);
  }

  /// As the environment says; empty for the provider's own.
  static Optional<String> address(HostedName name, Map<String, String> environment) {
    return Optional.ofNullable(environment.get(name.provider().addressVariable()))
        .filter(value -> !value.isBlank())
        .map(value -> value.contains("://") ? value : "http://" + value);
  }

  private static Opened openAi(
      HostedName name, Secret key, LangChainTransport client, Optional<String> address, int most) {
    var builder =
        OpenAiChatModel.builder()
            .httpClientBuilder(client.builder())
            .apiKey(key.value().isEmpty() ? "none" : key.value())
            .modelName(name.model())
            .strictJsonSchema(true)
            .maxRetries(0);
    address.ifPresent(builder::baseUrl);
    boolean isOpenAi = name.provider() == Provider.OPENAI;
    return new Opened(
        builder.build(),
        (usual, seed) -> {
          var parameters =
              OpenAiChatRequestParameters.builder().overrideWith(usual).seed((int) seed);
          if (isOpenAi) {
            parameters.maxCompletionTokens(most);
          } else {
            parameters.maxOutputTokens(most); // what other servers have always known
          }
          return parameters.build();
        });
  }

  private static Opened anthropic(
      HostedName name, Secret key, LangChainTransport client, Optional<String> address, int most) {
    var builder =
        AnthropicChatModel.builder()
            .httpClientBuilder(client.builder())
            .apiKey(key.value())
            .modelName(name.model())
            .maxTokens(most)
            .maxRetries(0);
    address.map(Providers::versioned).ifPresent(builder::baseUrl);
    return new Opened(builder.build(), (usual, seed) -> usual);
  }

  /// Anthropic's clients take the address without the version.
  private static String versioned(String address) {
    var bare = address.endsWith("/") ? address.substring(0, address.length() - 1) : address;
    return bare.endsWith("/v1") ? bare + "/" : bare + "/v1/";
  }

  private static Opened gemini(
      HostedName name, Secret key, LangChainTransport client, Optional<String> address, int most) {
    var builder =
        GoogleAiGeminiChatModel.builder()
            .httpClientBuilder(client.builder())
            .apiKey(key.value())
            .modelName(name.model())
            .maxOutputTokens(most)
            .seed(0)
            .maxRetries(0);
    address.ifPresent(builder::baseUrl);
    return new Opened(builder.build(), (usual, seed) -> usual);
  }

  private static Opened ollama(
      HostedName name, LangChainTransport client, String address, int most) {
    var chat =
        OllamaChatModel.builder()
            .httpClientBuilder(client.builder())
            .baseUrl(address)
            .modelName(name.model())
            .numPredict(most)
            .maxRetries(0)
            .build();
    return new Opened(
        chat,
        (usual, seed) ->
            OllamaChatRequestParameters.builder().overrideWith(usual).seed((int) seed).build());
  }
}
