package dev.hone.tune.train;

import dev.hone.model.checkpoint.CheckpointException;
import dev.hone.model.checkpoint.Dtype;
import dev.hone.model.checkpoint.SafetensorsFile;
import dev.hone.model.checkpoint.SafetensorsWriter;
import dev.hone.model.checkpoint.SafetensorsWriter.Entry;
import dev.hone.model.decoder.Parameter;
import dev.hone.model.decoder.ParameterSet;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// A run on disk: one safetensors file with parameters, both moments and, in its metadata, the
/// [RunState].
///
/// One file is replaced as a whole or not at all, so a killed run finds either the state before or
/// the state after. The moments go by PyTorch's names, `exp_avg` and `exp_avg_sq`.
public final class TrainingCheckpoint {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String STATE = "hone_run_state";

  private TrainingCheckpoint() {}

  /// Writes everything that going on needs.
  static void write(Path file, Optimizer optimizer, RunState state) throws CheckpointException {
    var entries = new ArrayList<Entry>();
    entries.addAll(entries("param.", optimizer.parameters()));
    entries.addAll(entries("exp_avg.", optimizer.firstMoments()));
    entries.addAll(entries("exp_avg_sq.", optimizer.secondMoments()));
    SafetensorsWriter.write(file, entries, metadata(state));
  }

  /// Writes the parameters alone: what a best checkpoint is for.
  static void writeParameters(Path file, ParameterSet parameters, RunState state)
      throws CheckpointException {
    SafetensorsWriter.write(file, entries("param.", parameters), metadata(state));
  }

  /// Writes parameters that belong to no step.
  public static void writeParameters(Path file, ParameterSet parameters)
      throws CheckpointException {
    SafetensorsWriter.write(file, entries("param.", parameters), SafetensorsWriter.PYTORCH);
  }

  private static Map<String, String> metadata(RunState state) {
    return Map.of("format", "pt", STATE, JSON.writeValueAsString(state));
  }

  private static List<Entry> entries(String prefix, ParameterSet set) {
    return set.parameters().stream().map(p -> entry(prefix, p, set)).toList();
  }

  static Entry entry(String prefix, Parameter p, ParameterSet set) {
    var shape = Arrays.stream(p.shape()).boxed().toList();
    return Entry.ofF32(prefix + p.name(), Dtype.F32, shape, () -> set.get(p.name()).data());
  }

  /// Reads a run back into the optimiser's memory.
  public static RunState read(Path file, Optimizer optimizer) throws CheckpointException {
    try (var arena = Arena.ofConfined()) {
      var tensors = SafetensorsFile.open(file, arena);
      read(tensors, "param.", optimizer.parameters());
      read(tensors, "exp_avg.", optimizer.firstMoments());
      read(tensors, "exp_avg_sq.", optimizer.secondMoments());
      return state(tensors);
    }
  }

  /// Reads parameters alone.
  public static void readParameters(Path file, ParameterSet parameters) throws CheckpointException {
    try (var arena = Arena.ofConfined()) {
      read(SafetensorsFile.open(file, arena), "param.", parameters);
    }
  }

  private static void read(SafetensorsFile file, String prefix, ParameterSet into)
      throws CheckpointException {
    for (var p : into.parameters()) {
      String name = prefix + p.name();
      if (!file.names().contains(name)) {
        throw new CheckpointException(
            file.path(), "tensor " + name + " is missing: the checkpoint is of another run");
      }
      var shape = Arrays.stream(p.shape()).boxed().toList();
      if (!file.info(name).shape().equals(shape)) {
        throw new CheckpointException(
            file.path(),
            "tensor %s has shape %s, the run has %s"
                .formatted(name, file.info(name).shape(), shape));
      }
      file.readF32(name, into.get(p.name()).data());
    }
  }

  private static RunState state(SafetensorsFile file) throws CheckpointException {
    try {
      return JSON.readValue(file.metadata().getOrDefault(STATE, ""), RunState.class);
    } catch (JacksonException e) {
      throw new CheckpointException(file.path(), "its metadata has no readable run state", e);
    }
  }
}
