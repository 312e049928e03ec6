package dev.hone.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class MemoryPlanTest {
  @Test
  void countsWhatAnArenaGets() {
    Consumer<Allocator> need =
        memory -> {
          memory.f32("weights", 3, 5);
          new Attention(4, 2, 8).scratch(memory, 100, true);
          new Attention(4, 2, 8).scratch(memory, 70, false);
          memory.f32("weights", 0, 9);
        };
    var plan = new MemoryPlan();
    need.accept(plan);
    var allocated = new ArrayList<Tensor>();
    try (var arena = Arena.ofConfined()) {
      need.accept((name, rows, cols) -> {
        var x = new ArenaAllocator(arena).f32(name, rows, cols);
        allocated.add(x);
        return x;
      });
      assertEquals(allocated.stream().mapToLong(x -> x.data().byteSize()).sum(), plan.byteSize());
    }
  }

  @Test
  void namesComeInOrderOfFirstAppearance() {
    var plan = new MemoryPlan();
    var names =
        List.of(
            "weights",
            "activations",
            "head",
            "kv cache",
            "dropout",
            "gradients",
            "logits",
            "a",
            "b");
    names.forEach(name -> plan.f32(name, 1, 2));
    plan.f32("head", 3, 4);
    assertEquals(names, List.copyOf(plan.bytesByName().keySet()));
    assertEquals(56, plan.bytesByName().get("head"));
  }

  @Test
  void absurdSizesAreRefusedInsteadOfWrappingAround() {
    var plan = new MemoryPlan();
    assertThrows(ArithmeticException.class, () -> plan.f32("weights", Long.MAX_VALUE / 8, 1000));
  }

  @Test
  void tensorsFromAnArenaAreZeroAndStartOnACacheLine() {
    try (var arena = Arena.ofConfined()) {
      var memory = new ArenaAllocator(arena);
      memory.f32("odd", 1, 3);
      var x = memory.f32("next", 2, 5);
      assertEquals(0, x.data().address() % 64);
      assertEquals(0.0, Elementwise.sumOfSquares(x));
    }
  }
}
