package dev.hone.hosted;

import dev.langchain4j.http.client.HttpClient;
import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.http.client.HttpRequest;
import dev.langchain4j.http.client.SuccessfulHttpResponse;
import dev.langchain4j.http.client.sse.ServerSentEventListener;
import dev.langchain4j.http.client.sse.ServerSentEventParser;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// What LangChain4j's providers send, sent with patience.
record LangChainTransport(PatientClient client) implements HttpClient {
  /// How LangChain4j takes it. Its time-outs are ours already.
  HttpClientBuilder builder() {
    return new HttpClientBuilder() {
      @Override
      public Duration connectTimeout() {
        return client.patience().timeout();
      }

      @Override
      public HttpClientBuilder connectTimeout(Duration ignored) {
        return this;
      }

      @Override
      public Duration readTimeout() {
        return client.patience().timeout();
      }

      @Override
      public HttpClientBuilder readTimeout(Duration ignored) {
        return this;
      }

      @Override
      public HttpClient build() {
        return LangChainTransport.this;
      }
    };
  }

  @Override
  public SuccessfulHttpResponse execute(HttpRequest request) {
    try {
      var response = client.send(sent(request), PatientClient.Repeat.ALWAYS);
      return SuccessfulHttpResponse.builder()
          .statusCode(response.statusCode())
          .headers(response.headers().map())
          .body(new String(response.body(), StandardCharsets.UTF_8))
          .build();
    } catch (RefusedException e) {
      throw e.ofCall();
    }
  }

  private java.net.http.HttpRequest sent(HttpRequest request) {
    var body =
        request.body() == null
            ? java.net.http.HttpRequest.BodyPublishers.noBody()
            : java.net.http.HttpRequest.BodyPublishers.ofString(request.body());
    var sent =
        java.net.http.HttpRequest.newBuilder(URI.create(request.url()))
            .timeout(client.patience().timeout())
            .method(request.method().name(), body);
    request.headers().forEach((header, values) -> values.forEach(v -> sent.header(header, v)));
    return sent.build();
  }

  @Override
  public void execute(
      HttpRequest request, ServerSentEventParser parser, ServerSentEventListener listener) {
    throw new UnsupportedOperationException("nothing is streamed");
  }
}
