package dev.hone.hosted;

import dev.hone.model.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Deletes at a provider what a rung has made there: models, files, and jobs that go on.
///
/// @param environment variables of keys and addresses
/// @param keyFile holds the key; empty where the environment does
/// @param told what was done, a line each
public record TuningDeletion(
    Map<String, String> environment,
    Optional<Path> keyFile,
    Patience patience,
    Consumer<String> told) {
  private static final int NOT_FOUND = 404;

  /// What is deleted is written down as deleted only afterwards: interrupted, it goes on with the
  /// same command.
  ///
  /// @param rung its directory
  /// @throws UsageException where there is nothing at a provider, or it may not be deleted
  public void of(Path rung) throws IOException {
    var files = orders(rung);
    if (files.isEmpty()) {
      throw new UsageException(
          rung + ": has made nothing at a provider",
          "hone advise --tune-hosted makes a rung that has: --rung tuned");
    }
    for (var file : files) {
      delete(TuningOrder.read(file).orElseThrow(), file);
      Files.delete(file);
    }
    Files.deleteIfExists(rung.resolve("recipe.json"));
  }

  private static List<Path> orders(Path rung) throws IOException {
    var directory = TuningOrder.directory(rung);
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (var files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    }
  }

  private void delete(TuningOrder order, Path file) throws IOException {
    var base = HostedName.parse(order.base()).orElseThrow();
    var address = Tuning.address(base, environment);
    if (!address.equals(order.address())) {
      throw new UsageException(
          "%s was tuned at %s, and is now at %s"
              .formatted(base.text(), words(order.address()), words(address)),
          "set the address that it had then");
    }
    try (var client = Tuning.client(base, environment, keyFile, patience)) {
      delete(order, client);
    } catch (RefusedException | CallFailedException e) {
      throw new UsageException(
          e.getMessage(), "the same command goes on with what is left; its ids are in " + file, e);
    }
  }

  private static String words(String address) {
    return address.isEmpty() ? "its provider's own address" : address;
  }

  private void delete(TuningOrder order, TuningClient client) {
    var train = order.sent().trainingFile().or(() -> client.file(order.fileName("train")));
    var valid = order.sent().validationFile().or(() -> client.file(order.fileName("valid")));
    var job = order.sent().job().or(() -> train.flatMap(id -> client.jobOf(id)).map(TuningJob::id));
    var ended = job.flatMap(id -> ended(id, client));
    var made =
        ended.flatMap(TuningJob::model).or(() -> order.end().flatMap(TuningOrder.End::model));
    var onTheWay = ended.map(one -> client.checkpoints(one.id())).orElse(List.of());
    var results = ended.map(TuningJob::resultFiles).orElse(List.of());
    made.ifPresent(name -> tell("model", name, client.deleteModel(name)));
    onTheWay.stream()
        .filter(client::deleteModel)
        .forEach(name -> told.accept("deleted model " + name));
    train.ifPresent(id -> tell("file", id, client.deleteFile(id)));
    valid.ifPresent(id -> tell("file", id, client.deleteFile(id)));
    results.forEach(id -> tell("file", id, client.deleteFile(id)));
  }

  /// A job that goes on is cancelled first; empty where the provider knows it no longer.
  private Optional<TuningJob> ended(String id, TuningClient client) {
    try {
      var job = client.job(id);
      if (job.hasEnded()) {
        return Optional.of(job);
      }
      var cancelled = client.cancel(id);
      told.accept("cancelled job " + id);
      return Optional.of(cancelled);
    } catch (RefusedException e) {
      if (e.status() == NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private void tell(String what, String name, boolean wasThere) {
    told.accept(
        wasThere
            ? "deleted %s %s".formatted(what, name)
            : "%s %s was gone already".formatted(what, name));
  }
}
