package dev.hone.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// A certificate for this machine with its key, both PEM, made by the JDK's keytool.
///
/// @param authority who signed it; trusting it is trusting the certificate
record TestCertificate(Path certificate, Path key, Certificate authority) {
  private static final String PASSWORD = "password";

  /// Signed by an authority of its own.
  ///
  /// @param algorithm as keytool names it
  static TestCertificate make(Path dir, String algorithm, String... more) throws Exception {
    var store = dir.resolve(algorithm + more.length + ".p12");
    keytool(store, "authority", "-dname", "CN=authority", "-ext", "bc:c", "-keyalg", algorithm);
    var words =
        new ArrayList<>(
            List.of("-dname", "CN=localhost", "-ext", "san=ip:127.0.0.1", "-keyalg", algorithm));
    words.addAll(List.of("-signer", "authority"));
    words.addAll(List.of(more));
    keytool(store, "server", words.toArray(String[]::new));
    return read(store);
  }

  private static void keytool(Path store, String alias, String... more) throws Exception {
    var keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
    var words = new ArrayList<>(List.of(keytool.toString(), "-genkeypair", "-alias", alias));
    words.addAll(List.of("-keystore", store.toString(), "-storepass", PASSWORD));
    words.addAll(List.of(more));
    var process = new ProcessBuilder(words).redirectErrorStream(true).start();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
  }

  private static TestCertificate read(Path file) throws IOException, GeneralSecurityException {
    var store = KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
    var chain = store.getCertificateChain("server");
    var certificates = new StringBuilder();
    for (var one : chain) {
      certificates.append(pem("CERTIFICATE", one.getEncoded()));
    }
    var key = store.getKey("server", PASSWORD.toCharArray());
    return new TestCertificate(
        Files.writeString(Path.of(file + ".crt"), certificates),
        Files.writeString(Path.of(file + ".key"), pem("PRIVATE KEY", key.getEncoded())),
        chain[chain.length - 1]);
  }

  static String pem(String label, byte[] bytes) {
    var text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(label, text, label);
  }
}
