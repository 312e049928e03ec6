package dev.hone.model.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.generate.SamplingOptions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RequestQueueTest {
  /// The client's name and the prompt's only token say who it is.
  private static Waiting waiting(String client, int id) {
    var request = Request.of(new int[] {id}, SamplingOptions.greedy(1)).withClient(client);
    return new Waiting(request, new Ticket(), Adapters.Lease.BASE, 0);
  }

  private static List<String> drain(RequestQueue queue) {
    var names = new ArrayList<String>();
    for (var w = queue.poll(); w.isPresent(); w = queue.poll()) {
      names.add(w.get().request().client() + w.get().request().prompt()[0]);
    }
    return names;
  }

  @Test
  void clientsTakeTurns() {
    var queue = new RequestQueue(10);
    for (int i = 1; i <= 4; i++) {
      queue.offer(waiting("a", i));
    }
    queue.offer(waiting("b", 1));
    queue.offer(waiting("c", 1));
    queue.offer(waiting("c", 2));
    assertEquals(List.of("a1", "b1", "c1", "a2", "c2", "a3", "a4"), drain(queue));
  }

  @Test
  void whoIsLookedAtIsTaken() {
    var queue = new RequestQueue(10);
    queue.offer(waiting("a", 1));
    queue.offer(waiting("b", 1));
    assertEquals(queue.peek(), queue.poll());
    assertEquals(queue.peek(), queue.poll());
    assertTrue(queue.peek().isEmpty());
  }

  @Test
  void aFullQueueTakesNoMore() {
    var queue = new RequestQueue(2);
    assertTrue(queue.offer(waiting("a", 1)));
    assertTrue(queue.offer(waiting("b", 1)));
    assertFalse(queue.offer(waiting("c", 1)));
    queue.poll();
    assertTrue(queue.offer(waiting("c", 1)));
  }

  @Test
  void whatIsTakenOutLeavesRoom() {
    var queue = new RequestQueue(2);
    queue.offer(waiting("a", 1));
    queue.offer(waiting("a", 2));
    assertEquals(1, queue.removeIf(w -> w.request().prompt()[0] == 1).size());
    assertTrue(queue.offer(waiting("b", 1)));
    assertEquals(List.of("a2", "b1"), drain(queue));
  }

  @Test
  void aClosedQueueRefuses() throws InterruptedException {
    var queue = new RequestQueue(2);
    queue.close();
    assertFalse(queue.await());
    assertThrows(IllegalStateException.class, () -> queue.offer(waiting("a", 1)));
  }
}
