package dev.hone.hosted;

import com.openai.core.RequestOptions;
import com.openai.core.http.Headers;
import com.openai.core.http.HttpClient;
import com.openai.core.http.HttpMethod;
import com.openai.core.http.HttpRequest;
import com.openai.core.http.HttpRequestBody;
import com.openai.core.http.HttpResponse;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/// What OpenAI's SDK sends, sent with patience. What makes something (`POST`) is sent again only
/// where it was surely not done.
record OpenAiTransport(PatientClient client) implements HttpClient {
  /// Slower than any line that files are sent over.
  private static final int BYTES_PER_MILLI = 100;

  @Override
  public HttpResponse execute(HttpRequest request, RequestOptions options) {
    var repeat =
        request.method() == HttpMethod.POST
            ? PatientClient.Repeat.WHERE_NOT_DONE
            : PatientClient.Repeat.ALWAYS;
    return new Received(client.send(sent(request), repeat));
  }

  private java.net.http.HttpRequest sent(HttpRequest request) {
    var body = request.body();
    var bytes = body == null ? new byte[0] : bytes(body);
    var sent =
        java.net.http.HttpRequest.newBuilder(URI.create(request.url()))
            .timeout(
                client.patience().timeout().plus(Duration.ofMillis(bytes.length / BYTES_PER_MILLI)))
            .method(
                request.method().name(),
                body == null
                    ? java.net.http.HttpRequest.BodyPublishers.noBody()
                    : java.net.http.HttpRequest.BodyPublishers.ofByteArray(bytes));
    for (var header : request.headers().names()) {
      request.headers().values(header).forEach(value -> sent.header(header, value));
    }
    if (body != null && body.contentType() != null) {
      sent.setHeader("Content-Type", body.contentType());
    }
    return sent.build();
  }

  private static byte[] bytes(HttpRequestBody body) {
    var bytes = new ByteArrayOutputStream();
    try (body) {
      body.writeTo(bytes);
    }
    return bytes.toByteArray();
  }

  @Override
  public CompletableFuture<HttpResponse> executeAsync(HttpRequest request, RequestOptions options) {
    throw new UnsupportedOperationException("nothing is asked without waiting");
  }

  @Override
  public void close() {}

  /// An answer that is wholly there.
  private record Received(java.net.http.HttpResponse<byte[]> response) implements HttpResponse {
    @Override
    public int statusCode() {
      return response.statusCode();
    }

    @Override
    public Headers headers() {
      var headers = Headers.builder();
      response.headers().map().forEach(headers::put);
      return headers.build();
    }

    @Override
    public InputStream body() {
      return new ByteArrayInputStream(response.body());
    }

    @Override
    public void close() {}
  }
}
