package dev.hone.server.http;

import dev.hone.model.UsageException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// What a server shows that it is itself by (TLS): its certificate, those which that one hangs on,
/// and its private key.
public final class Identity {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);
  private static final String CERTIFICATE = "CERTIFICATE";
  private static final String KEY = "PRIVATE KEY";
  private static final String CONVERT = "openssl pkcs8 -topk8 -nocrypt -in %s -out plain-key.pem";

  private final X509Certificate own;
  private final SSLContext context;

  private Identity(X509Certificate own, SSLContext context) {
    this.own = own;
    this.context = context;
  }

  /// Reads both from PEM files; the key is PKCS#8, and in the open.
  ///
  /// @param certificate the server's own first, then those that it hangs on
  /// @throws UsageException naming the file that is wrong
  public static Identity read(Path certificate, Path key) throws IOException {
    var chain = chain(certificate);
    var own = chain.getFirst();
    try {
      var secret = key(key, own.getPublicKey().getAlgorithm());
      requirePair(key, secret, certificate, own.getPublicKey());
      return new Identity(own, context(secret, chain));
    } catch (InvalidKeySpecException e) {
      throw noPair(key, certificate, Optional.of(e));
    } catch (GeneralSecurityException e) {
      throw new UsageException(
          "%s: this machine cannot use it: %s".formatted(certificate, e.getMessage()),
          "RSA, EC and Ed25519 are usual",
          e);
    }
  }

  SSLContext context() {
    return context;
  }

  /// Why clients will refuse the certificate at that time.
  public Optional<String> complaint(Instant now) {
    try {
      own.checkValidity(Date.from(now));
      return Optional.empty();
    } catch (CertificateExpiredException e) {
      return Optional.of("has expired on " + own.getNotAfter().toInstant());
    } catch (CertificateNotYetValidException e) {
      return Optional.of("is valid from " + own.getNotBefore().toInstant());
    }
  }

  /// A part of a PEM file.
  private record Block(String label, String body) {
    static List<Block> of(Path file) throws IOException {
      var text = Files.readString(file, StandardCharsets.ISO_8859_1);
      return BLOCK.matcher(text).results().map(m -> new Block(m.group(1), m.group(2))).toList();
    }

    /// @throws IllegalArgumentException where it is no base 64
    byte[] bytes() {
      return Base64.getMimeDecoder().decode(body);
    }
  }

  private static List<X509Certificate> chain(Path file) throws IOException {
    var chain = new ArrayList<X509Certificate>();
    try {
      var factory = CertificateFactory.getInstance("X.509");
      for (var block : Block.of(file)) {
        if (block.label().equals(CERTIFICATE)) {
          var bytes = new ByteArrayInputStream(block.bytes());
          chain.add((X509Certificate) factory.generateCertificate(bytes));
        }
      }
    } catch (CertificateException | IllegalArgumentException e) {
      throw new UsageException(
          file + ": holds a certificate that is damaged", "get the file anew", e);
    }
    if (chain.isEmpty()) {
      throw new UsageException(
          file + ": holds no certificate in PEM", "one begins with -----BEGIN CERTIFICATE-----");
    }
    return chain;
  }

  private static PrivateKey key(Path file, String algorithm)
      throws IOException, GeneralSecurityException {
    var block =
        Block.of(file).stream()
            .filter(one -> one.label().endsWith(KEY))
            .findFirst()
            .orElseThrow(() ->
                new UsageException(
                    file + ": holds no private key in PEM",
                    "one begins with -----BEGIN PRIVATE KEY-----"));
    if (block.label().equals("ENCRYPTED " + KEY) || block.body().contains("ENCRYPTED")) {
      throw new UsageException(
          file + ": the private key is encrypted, and a server starts without a password",
          CONVERT.formatted(file));
    }
    if (!block.label().equals(KEY)) {
      throw new UsageException(
          "%s: the private key is no PKCS#8 (%s)".formatted(file, block.label()),
          CONVERT.formatted(file));
    }
    try {
      return KeyFactory.getInstance(algorithm)
          .generatePrivate(new PKCS8EncodedKeySpec(block.bytes()));
    } catch (IllegalArgumentException e) {
      throw new UsageException(file + ": the private key is damaged", "get the file anew", e);
    }
  }

  /// What the key signs, the certificate must confirm.
  private static void requirePair(
      Path keyFile, PrivateKey key, Path certificateFile, PublicKey certified)
      throws GeneralSecurityException {
    var signature = Signature.getInstance(signature(key.getAlgorithm()));
    signature.initSign(key);
    signature.update(certified.getEncoded());
    byte[] signed = signature.sign();
    signature.initVerify(certified);
    signature.update(certified.getEncoded());
    if (!signature.verify(signed)) {
      throw noPair(keyFile, certificateFile, Optional.empty());
    }
  }

  private static String signature(String algorithm) {
    return switch (algorithm) {
      case "RSA" -> "SHA256withRSA";
      case "EC" -> "SHA256withECDSA";
      default -> algorithm;
    };
  }

  private static UsageException noPair(Path key, Path certificate, Optional<Exception> cause) {
    return new UsageException(
        "%s: the private key does not belong to the first certificate in %s"
            .formatted(key, certificate),
        "the server's own certificate comes first, and its key is the one that it was asked for"
            + " with",
        cause.orElse(null));
  }

  private static SSLContext context(PrivateKey key, List<X509Certificate> chain)
      throws GeneralSecurityException, IOException {
    var password = new char[0];
    var store = KeyStore.getInstance("PKCS12");
    store.load(null, password);
    store.setKeyEntry("hone", key, password, chain.toArray(X509Certificate[]::new));
    var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, password);
    var context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }
}
