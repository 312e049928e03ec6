package dev.hone.model.adapter;

import dev.hone.model.checkpoint.FusedLayer;
import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.model.decoder.AdapterShape;
import dev.hone.model.decoder.Decoder;
import dev.hone.model.decoder.LinearLayer;
import dev.hone.model.decoder.Parameter;
import dev.hone.model.decoder.ParameterSet;
import dev.hone.tensor.Allocator;
import dev.hone.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// The adapter of a base whose files fuse linear layers ([FusedLayer]), as its files have it and as
/// the decoder does.
///
/// PEFT has one `A` and `B` for q, k and v together, Hone for each. Apart, each part has the rows
/// of `B` that are its own, and `A`. Together, `A` is the parts' stacked, and `B` block-diagonal:
///
/// ```
/// ⎡q⎤        ⎡Bq      ⎤ ⎡Aq⎤
/// ⎢k⎥ += s · ⎢   Bk   ⎥ ⎢Ak⎥ · x
/// ⎣v⎦        ⎣      Bv⎦ ⎣Av⎦
/// ```
///
/// Apart again, a part leaves out the columns of `B` that are zero in its rows, and so is what it
/// was. Parts with the same `A` share it, so that what PEFT wrote is what it was, too. Lengths of
/// rows (DoRA) belong to rows, and are cut and joined like them.
final class FusedForm {
  private static final String A = ".lora_A.weight";
  private static final String B = ".lora_B.weight";
  private static final String MAGNITUDE = AdapterShape.MAGNITUDE;

  private FusedForm() {}

  /// The parameters that files have.
  ///
  /// @param stored of modules as files have them
  static List<Parameter> parameters(AdapterShape stored, ModelConfig config) {
    var parameters = new ArrayList<Parameter>();
    stored
        .modules()
        .forEach((name, module) -> {
          var parts = partsOf(name);
          int in = LinearLayer.of(parts.getFirst()).in(config);
          int out = parts.stream().mapToInt(part -> LinearLayer.of(part).out(config)).sum();
          parameters.add(Parameter.matrix(name + A, module.rank(), in));
          parameters.add(Parameter.matrix(name + B, out, module.rank()));
          if (module.hasMagnitude()) {
            parameters.add(Parameter.vector(name + MAGNITUDE, out));
          }
        });
    parameters.addAll(stored.besideLayers(config));
    return parameters;
  }

  /// The module itself where it has no parts.
  private static List<String> partsOf(String stored) {
    var parts = FusedLayer.partsOf(stored);
    return parts.isEmpty() ? List.of(stored) : parts;
  }

  /// Some rows of a stored module.
  ///
  /// @param columns of `b` that are used, which are rows of `a`
  private record Part(
      String module, Tensor a, Tensor b, int[] columns, float scale, Optional<Tensor> magnitude) {
    void copyTo(ParameterSet into) {
      var ownA = into.get(module + A);
      var ownB = into.get(module + B);
      for (int i = 0; i < columns.length; i++) {
        ownA.rows(i, i + 1).copyFrom(a.rows(columns[i], columns[i] + 1), 1);
        for (long r = 0; r < b.rows(); r++) {
          ownB.set(r, i, b.get(r, columns[i]));
        }
      }
      magnitude.ifPresent(lengths -> into.get(module + MAGNITUDE).copyFrom(lengths, 1));
    }
  }

  /// What files have, as the decoder has it.
  static PeftAdapter parted(PeftAdapter stored, ModelConfig config, Allocator memory) {
    var parts = new ArrayList<Part>();
    stored.shape().modules().keySet().forEach(name -> parts.addAll(cut(name, stored, config)));
    var modules = new LinkedHashMap<String, AdapterShape.Module>();
    for (var part : parts) {
      modules.put(
          part.module,
          new AdapterShape.Module(part.columns.length, part.scale, part.magnitude.isPresent()));
    }
    var shape = stored.shape().withModules(modules);
    var parameters = ParameterSet.allocate(memory, "adapter", shape.parameters(config));
    parts.forEach(part -> part.copyTo(parameters));
    copyRest(stored, parameters, config);
    return new PeftAdapter(stored.config(), shape, parameters);
  }

  private static List<Part> cut(String name, PeftAdapter stored, ModelConfig config) {
    var a = stored.parameters().get(name + A);
    var b = stored.parameters().get(name + B);
    var magnitude = stored.parameters().find(name + MAGNITUDE);
    var names = partsOf(name);
    boolean isAsItIs = names.size() == 1 || usedColumns(b).length == 0;
    var parts = new ArrayList<Part>();
    long row = 0;
    for (var part : names) {
      long end = row + LinearLayer.of(part).out(config);
      var rows = b.rows(row, end);
      var columns = isAsItIs ? IntStream.range(0, b.cols()).toArray() : usedColumns(rows);
      if (columns.length == 0 && magnitude.isPresent()) {
        columns = new int[] {0};
      }
      if (columns.length > 0) {
        long from = row;
        var lengths = magnitude.map(all -> elements(all, from, end));
        parts.add(new Part(part, a, rows, columns, stored.shape().scale(name), lengths));
      }
      row = end;
    }
    return parts;
  }

  private static int[] usedColumns(Tensor b) {
    return IntStream.range(0, b.cols())
        .filter(c -> IntStream.range(0, Math.toIntExact(b.rows())).anyMatch(r -> b.get(r, c) != 0))
        .toArray();
  }

  private static Tensor elements(Tensor vector, long from, long to) {
    var data = vector.data().asSlice(from * Float.BYTES, (to - from) * Float.BYTES);
    return Tensor.of(data, 1, Math.toIntExact(to - from));
  }

  private static void copyRest(PeftAdapter from, ParameterSet to, ModelConfig config) {
    for (var parameter : from.shape().besideLayers(config)) {
      var own = from.parameters().get(parameter.name());
      to.get(parameter.name()).copyFrom(own, own.rows());
    }
  }

  /// An adapted part in the whole.
  ///
  /// @param column where it begins in the whole's `B`
  private record Placed(String module, Tensor a, int column) {
    int end() {
      return column + Math.toIntExact(a.rows());
    }
  }

  /// What the decoder has, as files have it.
  ///
  /// @param base what the adapter belongs to
  static PeftAdapter joined(PeftAdapter parts, Decoder base, Allocator memory) {
    var config = base.config();
    var placed = new LinkedHashMap<String, List<Placed>>();
    var modules = new LinkedHashMap<String, AdapterShape.Module>();
    for (var part : LinearLayer.modules(config)) {
      if (parts.shape().rank(part) > 0) {
        place(
            part, parts, placed.computeIfAbsent(FusedLayer.wholeOf(part), w -> new ArrayList<>()));
      }
    }
    placed.forEach((whole, of) -> modules.put(whole, module(of, parts.shape())));
    var shape = parts.shape().withModules(modules);
    var into = ParameterSet.allocate(memory, "adapter", parameters(shape, config));
    placed.forEach((whole, of) -> join(whole, of, parts, base, into, memory));
    copyRest(parts, into, config);
    var lora = parts.config().lora().describing(modules, config);
    return new PeftAdapter(parts.config().with(lora), shape, into);
  }

  /// Beside the parts that are there, or where one of the same `A` is.
  private static void place(String part, PeftAdapter parts, List<Placed> there) {
    var a = parts.parameters().get(part + A);
    int column =
        there.stream()
            .filter(other -> other.a.data().mismatch(a.data()) == -1)
            .mapToInt(Placed::column)
            .findFirst()
            .orElseGet(() -> rank(there));
    there.add(new Placed(part, a, column));
  }

  private static int rank(List<Placed> placed) {
    return placed.stream().mapToInt(Placed::end).max().orElse(0);
  }

  /// With the scale of the first part: where others have another, their rows of `B` make up for it.
  private static AdapterShape.Module module(List<Placed> placed, AdapterShape parts) {
    var first = parts.modules().get(placed.getFirst().module);
    return new AdapterShape.Module(rank(placed), first.scale(), first.hasMagnitude());
  }

  private static void join(
      String whole,
      List<Placed> placed,
      PeftAdapter parts,
      Decoder base,
      ParameterSet into,
      Allocator memory) {
    var a = into.get(whole + A);
    var b = into.get(whole + B);
    float scale = parts.shape().scale(placed.getFirst().module);
    long row = 0;
    for (var part : partsOf(whole)) {
      int out = LinearLayer.of(part).out(base.config());
      var rows = b.rows(row, row + out);
      for (var own : placed) {
        if (own.module.equals(part)) {
          a.rows(own.column, own.end()).copyFrom(own.a, own.a.rows());
          float factor = parts.shape().scale(part) / scale;
          copyScaled(parts.parameters().get(part + B), factor, rows, own.column);
        }
      }
      long from = row;
      into.find(whole + MAGNITUDE)
          .ifPresent(lengths ->
              elements(lengths, from, from + out).copyFrom(lengths(part, parts, base, memory), 1));
      row += out;
    }
  }

  private static void copyScaled(Tensor b, float factor, Tensor into, int column) {
    for (long r = 0; r < b.rows(); r++) {
      for (int c = 0; c < b.cols(); c++) {
        into.set(r, column + c, factor * b.get(r, c));
      }
    }
  }

  /// The learned ones, or those that the base's rows have, where the part is not adapted.
  private static Tensor lengths(String part, PeftAdapter parts, Decoder base, Allocator memory) {
    return parts.parameters().find(part + MAGNITUDE).orElseGet(() -> base.rowNorms(part, memory));
  }
}
