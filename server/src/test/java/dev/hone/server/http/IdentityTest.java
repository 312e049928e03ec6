package dev.hone.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.UsageException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A server over TLS, and files that it cannot be one with.
class IdentityTest {
  @TempDir Path dir;

  private static SSLContext trusting(TestCertificate made) throws Exception {
    var store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry("authority", made.authority());
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    var context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  private static ServerOptions options(Identity identity, Duration idle) {
    return new ServerOptions(
        "127.0.0.1",
        0,
        false,
        1 << 20,
        List.of(),
        idle,
        Duration.ofSeconds(10),
        Optional.of(identity),
        RequestLog.none());
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA", "EC", "Ed25519"})
  void whoTrustsTheAuthorityIsAnswered(String algorithm) throws Exception {
    var made = TestCertificate.make(dir, algorithm);
    var identity = Identity.read(made.certificate(), made.key());
    assertEquals(Optional.empty(), identity.complaint(Instant.now()));
    try (var server = RunningServer.start(dir, options(identity, Duration.ofSeconds(10)));
        var client = HttpClient.newBuilder().sslContext(trusting(made)).build()) {
      var url = URI.create("https://127.0.0.1:%d/v1/models".formatted(server.port()));
      for (int i = 0; i < 2; i++) {
        var reply =
            client.send(HttpRequest.newBuilder(url).build(), HttpResponse.BodyHandlers.ofString());
        assertEquals(200, reply.statusCode());
        assertTrue(reply.body().contains("tiny"), reply.body());
      }
    }
  }

  /// Whoever connects and says nothing is let go, before the handshake too.
  @Test
  void aHandshakeThatNeverComesEnds() throws Exception {
    var made = TestCertificate.make(dir, "EC");
    var identity = Identity.read(made.certificate(), made.key());
    try (var server = RunningServer.start(dir, options(identity, Duration.ofSeconds(1)));
        var socket = new Socket("127.0.0.1", server.port())) {
      socket.setSoTimeout(10_000);
      assertEquals(-1, socket.getInputStream().read());
    }
  }

  @Test
  void anExpiredCertificateIsComplainedOf() throws Exception {
    var made = TestCertificate.make(dir, "EC", "-startdate", "-3d", "-validity", "1");
    var identity = Identity.read(made.certificate(), made.key());
    assertTrue(identity.complaint(Instant.now()).orElseThrow().startsWith("has expired on 20"));
    var early = identity.complaint(Instant.now().minus(Duration.ofDays(9)));
    assertTrue(early.orElseThrow().startsWith("is valid from 20"));
  }

  private void assertRefused(String message, Path certificate, Path key) {
    var refused = assertThrows(UsageException.class, () -> Identity.read(certificate, key));
    assertTrue(refused.getMessage().contains(message), refused::getMessage);
  }

  private Path file(String text) throws Exception {
    return Files.writeString(Files.createTempFile(dir, "file", ".pem"), text);
  }

  @Test
  void whatIsWrongWithAFileIsNamed() throws Exception {
    var made = TestCertificate.make(dir, "EC");
    var other = TestCertificate.make(dir, "EC", "-validity", "2");
    var rsa = TestCertificate.make(dir, "RSA");
    assertRefused("does not belong to", made.certificate(), other.key());
    assertRefused("does not belong to", made.certificate(), rsa.key());
    assertRefused("holds no certificate", made.key(), made.key());
    assertRefused("holds no private key", made.certificate(), made.certificate());
    assertRefused("holds no certificate", file("something else"), made.key());
    assertRefused(
        "damaged", file(TestCertificate.pem("CERTIFICATE", new byte[] {1, 2, 3})), made.key());
    assertRefused(
        "is encrypted",
        made.certificate(),
        file(TestCertificate.pem("ENCRYPTED PRIVATE KEY", new byte[99])));
    assertRefused(
        "is encrypted",
        made.certificate(),
        file(
            "-----BEGIN EC PRIVATE KEY-----\n"
                + "Proc-Type: 4,ENCRYPTED\n"
                + "DEK-Info: AES-256-CBC,0A\n\n"
                + "AAAA\n"
                + "-----END EC PRIVATE KEY-----\n"));
    assertRefused(
        "no PKCS#8", made.certificate(), file(TestCertificate.pem("EC PRIVATE KEY", new byte[9])));
  }

  @Test
  void aFileMayHoldBothAndOtherText() throws Exception {
    var made = TestCertificate.make(dir, "EC");
    var both =
        file(
            "Bag Attributes\n"
                + Files.readString(made.key())
                + Files.readString(made.certificate()));
    assertEquals(Optional.empty(), Identity.read(both, both).complaint(Instant.now()));
  }
}
