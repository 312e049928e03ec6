package dev.hone.cli;

import dev.hone.model.UsageException;
import dev.hone.server.http.Identity;
import dev.hone.server.http.ServerOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// How `hone serve` is reached.
@Command(header = "How it is reached:")
final class NetworkOptions {
  @Option(names = "--port", paramLabel = "N", description = "Default: 8080; 0 takes a free one.")
  private int port = 8080;

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      description = "Where to listen. Default: 127.0.0.1, this machine alone.")
  private String host = "127.0.0.1";

  @Option(
      names = "--tls-certificate",
      paramLabel = "FILE",
      description = "Speak HTTPS, with this certificate and those it hangs on, in PEM.")
  private Optional<Path> certificate = Optional.empty();

  @Option(
      names = "--tls-key",
      paramLabel = "FILE",
      description = "The certificate's private key, in PEM (PKCS#8), not encrypted.")
  private Optional<Path> key = Optional.empty();

  @Option(
      names = "--cors",
      paramLabel = "ORIGIN",
      description =
          "Let this origin's web pages ask, such as https://app.example; may be repeated. Default:"
              + " none but the server's own.")
  private List<String> origins = List.of();

  @Option(
      names = "--max-body",
      paramLabel = "SIZE",
      converter = ByteSize.class,
      description = "The largest request but of files. Default: 8MiB.")
  private Optional<Long> maxBody = Optional.empty();

  /// What was given, read.
  ///
  /// @throws UsageException where it cannot be
  Wish wish() throws IOException {
    if (certificate.isPresent() != key.isPresent()) {
      throw new UsageException(
          "--tls-certificate and --tls-key need each other", "give both, or neither");
    }
    if (maxBody.filter(bytes -> bytes < 1_000 || bytes > 1_000_000_000).isPresent()) {
      throw new UsageException(
          "--max-body must be between 1kB and 1GB", "leave it out to use the default");
    }
    return new Wish(
        host,
        port,
        certificate,
        certificate.isPresent()
            ? Optional.of(Identity.read(certificate.get(), key.get()))
            : Optional.empty(),
        origins,
        maxBody);
  }

  /// How it is to be reached.
  record Wish(
      String host,
      int port,
      Optional<Path> certificate,
      Optional<Identity> identity,
      List<String> origins,
      Optional<Long> maxBody) {
    ServerOptions options(boolean needsKeys) {
      var plain = ServerOptions.of(host, port, needsKeys).withOrigins(origins);
      var bounded = maxBody.map(plain::withBodyBytes).orElse(plain);
      return identity.map(bounded::withIdentity).orElse(bounded);
    }
  }
}
