import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SplittableRandom;

/// Writes two of the demo's tasks from patterns: `java base/recipe/DemoTasks.java OUT`.
///
/// `canned.jsonl`: customers' questions and the one standard answer of twelve that fits.
/// `orders.jsonl`: orders in words, and the same as a JSON object.
public final class DemoTasks {
  private static final int ROWS = 600;

  private static final String[][] CANNED = {
    {
      "Your order is on its way. The link in our e-mail shows where it is.",
      "where is {my} {parcel}",
      "{my} {parcel} has not come yet",
      "track {my} {parcel}",
      "when will {my} {parcel} arrive",
      "can you tell me where {my} {parcel} is now"
    },
    {
      "You can change your address on the page of your account until 4 pm.",
      "I moved, change {my} address",
      "wrong address on {my} {parcel}",
      "update where {my} {parcel} goes",
      "I typed a wrong street for {my} {parcel}",
      "send {my} {parcel} to another address"
    },
    {
      "You can cancel until 4 pm on the day of the order; the button is beside it.",
      "cancel {my} {parcel}",
      "I do not want {my} {parcel} any more",
      "stop {my} {parcel} before it leaves",
      "please call off {my} {parcel}",
      "I ordered by mistake, undo {my} {parcel}"
    },
    {
      "Send it back within 30 days; write to us for a label.",
      "how do I return {thing}",
      "I want to send {thing} back",
      "{thing} is not what I wanted, can it go back",
      "returning {thing}",
      "give {thing} back to you"
    },
    {
      "We are sorry. Send us a photo and we send a new one.",
      "{thing} came broken",
      "{thing} is cracked",
      "there is a fault in {thing}",
      "{thing} arrived in pieces",
      "damage on {thing}"
    },
    {
      "Refunds reach your card within 5 working days.",
      "where is my refund for {thing}",
      "money back for {thing}",
      "I sent {thing} back, when am I paid",
      "no refund yet for {thing}",
      "how long does the refund of {thing} take"
    },
    {
      "Use the link 'forgotten' on the page where you sign in.",
      "{I} forgot the password",
      "{I} cannot sign in",
      "reset the password",
      "sign-in does not work, {I} tried twice",
      "locked out of the account"
    },
    {
      "Receipts lie in your account as PDF.",
      "{I} need a receipt for {my} {parcel}",
      "where is the invoice for {my} {parcel}",
      "send the bill for {my} {parcel}",
      "a PDF of the invoice please",
      "print the receipt of {my} {parcel}"
    },
    {
      "We take bank cards, bank transfers and gift cards.",
      "how can {I} pay",
      "can {I} pay by transfer",
      "is a bank card fine for {thing}",
      "ways to pay for {thing}",
      "do you take gift cards for {thing}"
    },
    {
      "Write your complaint to us; Odile reads every one.",
      "{I} want to complain about {thing}",
      "this is unacceptable, {thing} again",
      "who takes complaints about {my} {parcel}",
      "not happy with {thing} at all",
      "complaint about the service"
    },
    {
      "The link at the foot of each newsletter ends it.",
      "stop the newsletter",
      "{I} get too many mails",
      "unsubscribe",
      "take me off the list, {I} read it never",
      "no more newsletters please"
    },
    {
      "Write to us from the account's address and we delete it within 7 days.",
      "delete {my} account",
      "close {my} account",
      "{I} want {my} data gone",
      "remove {my} profile",
      "erase what you know of me"
    }
  };

  private static final String[] BEFORE = {
    "",
    "",
    "",
    "hello, ",
    "hi ",
    "good morning, ",
    "please: ",
    "quick question: ",
    "hey ",
    "dear shop, ",
    "sorry, ",
    "urgent! "
  };
  private static final String[] AFTER = {
    "", "", "", "?", ".", " please", " thanks", "??", " asap", ", thank you", " if you can", "!"
  };
  private static final String[] MY = {"my", "the", "our", "this"};
  private static final String[] PARCEL = {"order", "parcel", "package", "delivery", "nest"};
  private static final String[] I = {"I", "we", "i"};
  private static final String[] THING = {
    "the teapot",
    "my cup",
    "the tin of Ember",
    "a clay pot",
    "the glass Heron",
    "my strainer",
    "this lid",
    "the Grey Crane",
    "a gift box",
    "the tea cosy",
    "the cast iron pot",
    "my refill pouch"
  };

  private static final String[] TEAS = {
    "Mill Morning",
    "Grey Crane",
    "Ember",
    "Slow River",
    "Reed Green",
    "First Snow",
    "Night Heron",
    "Red Marsh"
  };
  private static final String[] PACKS = {"tin", "pouch"};
  private static final String[] TOWNS = {
    "Wexcombe",
    "Harrow",
    "Dunmere",
    "Oldbridge",
    "Saltby",
    "Fernhill",
    "Marlock",
    "Tarrow",
    "Ashwick",
    "Penfold"
  };
  private static final String[] NUMBERS = {"one", "two", "three", "four", "five", "six"};

  private final SplittableRandom random = new SplittableRandom(11);

  private DemoTasks() {}

  public static void main(String[] args) throws IOException {
    var out = Path.of(args[0]);
    var tasks = new DemoTasks();
    Files.write(out.resolve("canned.jsonl"), tasks.canned(), StandardCharsets.UTF_8);
    Files.write(out.resolve("orders.jsonl"), tasks.orders(), StandardCharsets.UTF_8);
  }

  private String any(String... of) {
    return of[random.nextInt(of.length)];
  }

  private List<String> canned() {
    var rows = new LinkedHashSet<String>();
    while (rows.size() < ROWS) {
      var kind = CANNED[random.nextInt(CANNED.length)];
      var question =
          any(BEFORE)
              + kind[1 + random.nextInt(kind.length - 1)]
                  .replace("{my}", any(MY))
                  .replace("{parcel}", any(PARCEL))
                  .replace("{thing}", any(THING))
                  .replace("{I}", any(I))
              + any(AFTER);
      rows.add(row(question, kind[0]));
    }
    return new ArrayList<>(rows);
  }

  private List<String> orders() {
    var rows = new LinkedHashSet<String>();
    while (rows.size() < ROWS) {
      int count = random.nextInt(1, 7);
      var number = random.nextBoolean() ? NUMBERS[count - 1] : "" + count;
      var tea = any(TEAS);
      var pack = any(PACKS);
      var town = any(TOWNS);
      boolean isExpress = random.nextInt(3) == 0;
      var packs =
          pack.equals("pouch") ? count == 1 ? "pouch" : "pouches" : count == 1 ? "tin" : "tins";
      var what =
          switch (random.nextInt(3)) {
            case 0 -> number + " " + packs + " of " + tea;
            case 1 -> tea + ", " + number + " " + packs;
            default -> number + " " + tea + " " + packs;
          };
      var where =
          switch (random.nextInt(3)) {
            case 0 -> " to " + town;
            case 1 -> ", delivery to " + town;
            default -> " for us in " + town;
          };
      var how =
          isExpress
              ? any(" by express", ", express please", ", we need it tomorrow by express")
              : any("", "", ", no hurry");
      var question =
          any("", "Please send ", "We would like ", "Could you send ", "Order: ", "I need ")
              + what
              + where
              + how
              + any("", ".", ", thanks");
      var answer =
          "{\"tea\": \"%s\", \"count\": %d, \"pack\": \"%s\", \"town\": \"%s\", \"express\": %s}"
              .formatted(tea, count, pack, town, isExpress);
      rows.add(row(question, answer));
    }
    return new ArrayList<>(rows);
  }

  private static String row(String question, String answer) {
    return "{\"prompt\": \"%s\", \"completion\": \"%s\"}"
        .formatted(escaped(question), escaped(answer));
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"");
  }
}
