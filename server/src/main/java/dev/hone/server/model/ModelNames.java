package dev.hone.server.model;

import dev.hone.model.chat.ModelHost;
import dev.hone.model.chat.Served;
import dev.hone.server.api.ApiException;
import dev.hone.server.api.ModelObject;
import dev.hone.server.api.PageRequest;
import dev.hone.server.state.Models;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Which name means which model: the base, the adapters of a folder, and the fine-tuned ones that a
/// tenant has or may ask. A name from a request is only ever looked up, and never becomes a path.
public final class ModelNames {
  private final ModelHost host;
  private final Map<String, Path> folder;
  private final Models models;
  private final List<String> others;

  private ModelNames(ModelHost host, Map<String, Path> folder, Models models, List<String> others) {
    this.host = host;
    this.others = others;
    this.folder = folder;
    this.models = models;
  }

  /// @param adapters directories of adapters, each of which is served under its own name
  /// @param models fine-tuned ones
  /// @param others names of what answers here beside models of the host
  /// @throws dev.hone.model.UsageException when an adapter cannot be served
  public static ModelNames of(
      ModelHost host, List<Path> adapters, Models models, List<String> others) throws IOException {
    var names = new TreeMap<String, Path>();
    for (var dir : adapters) {
      ModelHost.requireServable(dir);
      names.put(dir.getFileName().toString(), dir);
    }
    return new ModelNames(host, names, models, List.copyOf(others));
  }

  /// Adapters in a folder: its folders that hold one.
  public static List<Path> adaptersIn(Path folder) throws IOException {
    try (var inside = Files.list(folder)) {
      return inside
          .filter(dir -> Files.exists(dir.resolve("adapter_config.json")))
          .sorted()
          .toList();
    }
  }

  /// @throws ApiException when the tenant has no such model
  public Served find(String tenant, String name) throws IOException {
    if (name.equals(host.base().name())) {
      return host.base();
    }
    if (folder.containsKey(name)) {
      return host.adapter(name, folder.get(name));
    }
    var tuned = models.askable(tenant, name);
    if (tuned.isEmpty()) {
      throw ApiException.notFound(
          "model",
          "model_not_found",
          "The model `%s` does not exist or you do not have access to it."
              .formatted(name.length() <= 200 ? name : name.substring(0, 200)));
    }
    return host.adapter(name, models.directory(tuned.get()));
  }

  /// All that a tenant may ask.
  public List<ModelObject> list(String tenant) throws IOException {
    var all = new ArrayList<ModelObject>();
    all.add(own(host.base().name()));
    folder.keySet().forEach(name -> all.add(own(name)));
    others.forEach(name -> all.add(own(name)));
    var page = models.list(tenant, PageRequest.first(PageRequest.MOST));
    page.data().forEach(model -> all.add(model.object()));
    return all;
  }

  private static ModelObject own(String name) {
    return new ModelObject(name, Instant.EPOCH, "hone");
  }
}
