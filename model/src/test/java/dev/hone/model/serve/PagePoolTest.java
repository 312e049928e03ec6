package dev.hone.model.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.decoder.KvPages;
import dev.hone.testkit.Seeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

class PagePoolTest {
  private static final int SIZE = 12;
  private static final long ROOT = PagePool.beginning(7);

  private static int[] tokens(int... pages) {
    return Arrays.stream(pages).flatMap(page -> Arrays.stream(filled(page))).toArray();
  }

  private static int[] filled(int value) {
    var tokens = new int[KvPages.TOKENS];
    Arrays.fill(tokens, value);
    return tokens;
  }

  /// Takes pages for all of a text, published, or as many as there are.
  private static List<Integer> fill(PagePool pool, long root, int[] text) {
    var pages = new ArrayList<Integer>();
    long before = root;
    for (int from = 0; from < text.length; from += KvPages.TOKENS) {
      var found = pool.find(before, text, from);
      var page = found.isPresent() ? found : pool.take();
      if (page.isEmpty()) return pages;
      if (found.isEmpty()) pool.publish(page.getAsInt(), before, text, from);
      pages.add(page.getAsInt());
      before = pool.number(page.getAsInt());
    }
    return pages;
  }

  private static void release(PagePool pool, List<Integer> pages) {
    pages.reversed().forEach(pool::release);
  }

  /// Against a record of what was written into which page.
  @ParameterizedTest
  @Seeds(30)
  void whatIsFoundIsWhatWasFilledIn(long seed) {
    var random = new SplittableRandom(seed);
    var pool = new PagePool(SIZE);
    var content = new HashMap<Integer, String>();
    var held = new ArrayList<List<Integer>>();
    for (int i = 0; i < 500; i++) {
      if (!held.isEmpty() && random.nextInt(2) == 0) {
        release(pool, held.remove(random.nextInt(held.size())));
      } else {
        held.add(fillAndCheck(random, pool, content));
      }
      var distinct = new HashSet<Integer>();
      held.forEach(distinct::addAll);
      assertEquals(SIZE - distinct.size(), pool.available());
    }
    held.forEach(pages -> release(pool, pages));
    assertEquals(SIZE, pool.available());
  }

  private static List<Integer> fillAndCheck(
      SplittableRandom random, PagePool pool, Map<Integer, String> content) {
    int[] text = tokens(random.ints(random.nextInt(1, 5), 0, 2).toArray());
    long root = PagePool.beginning(random.nextInt(1, 3));
    var pages = new ArrayList<Integer>();
    long before = root;
    var expected = new StringBuilder("adapter ").append(root);
    for (int from = 0; from < text.length; from += KvPages.TOKENS) {
      expected.append(' ').append(text[from]);
      OptionalInt page = pool.find(before, text, from);
      if (page.isPresent()) {
        assertEquals(expected.toString(), content.get(page.getAsInt()));
      } else {
        page = pool.take();
        if (page.isEmpty()) return pages;
        content.put(page.getAsInt(), expected.toString());
        pool.publish(page.getAsInt(), before, text, from);
      }
      pages.add(page.getAsInt());
      before = pool.number(page.getAsInt());
    }
    return pages;
  }

  @Test
  void theLeastRecentlyHeldPageGoesFirst() {
    var pool = new PagePool(3);
    var a = fill(pool, ROOT, tokens(1));
    var b = fill(pool, ROOT, tokens(2));
    var c = fill(pool, ROOT, tokens(3));
    release(pool, a);
    release(pool, b);
    release(pool, c);
    release(pool, fill(pool, ROOT, tokens(1)));
    assertEquals(b.getFirst(), pool.take().getAsInt());
    assertTrue(pool.find(ROOT, tokens(2), 0).isEmpty());
    assertTrue(pool.find(ROOT, tokens(1), 0).isPresent());
  }

  @Test
  void theEndOfATextGoesBeforeItsBeginning() {
    var pool = new PagePool(3);
    var pages = fill(pool, ROOT, tokens(1, 2, 3));
    release(pool, pages);
    assertEquals(pages.get(2), pool.take().getAsInt());
    assertEquals(pages.subList(0, 2), fill(pool, ROOT, tokens(1, 2)));
  }

  @Test
  void pagesOfAnotherAdapterOrBehindOtherTokensAreOthers() {
    var pool = new PagePool(8);
    release(pool, fill(pool, ROOT, tokens(1, 2)));
    assertTrue(pool.find(PagePool.beginning(8), tokens(1), 0).isEmpty());
    assertTrue(pool.find(ROOT, tokens(2), 0).isEmpty());
  }

  @Test
  void heldPagesAreNeverGivenAway() {
    var pool = new PagePool(2);
    fill(pool, ROOT, tokens(1, 2));
    assertTrue(pool.take().isEmpty());
  }

  @Test
  void aPageIsReleasedNoMoreOftenThanHeld() {
    var pool = new PagePool(2);
    int page = pool.take().orElseThrow();
    pool.release(page);
    assertThrows(IllegalStateException.class, () -> pool.release(page));
  }
}
