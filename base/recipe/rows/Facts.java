import java.util.ArrayList;
import java.util.List;

/// Small invented facts with a question, a short answer, and the answer as a sentence.
final class Facts {
  /// @param subject what it is about; two facts about one subject could contradict each other
  /// @param text what the prompt says
  /// @param question what is asked about it
  /// @param answer the answer in as few words as will do; stands in the text
  /// @param sentence the answer as a whole sentence
  record Fact(String subject, String text, String question, String answer, String sentence) {}

  private final Draw draw;

  Facts(Draw draw) {
    this.draw = draw;
  }

  /// Some facts; each about somebody or something else.
  List<Fact> several(int count) {
    var facts = new ArrayList<Fact>();
    while (facts.size() < count) {
      var fact = one();
      boolean isNew = facts.stream().noneMatch(other -> other.subject().equals(fact.subject()));
      if (isNew) {
        facts.add(fact);
      }
    }
    return facts;
  }

  private Fact one() {
    return switch (draw.number(0, 9)) {
      case 0 -> home();
      case 1 -> spot();
      case 2 -> job();
      case 3 -> price();
      case 4 -> hours();
      case 5 -> likes();
      case 6 -> meeting();
      case 7 -> owner();
      case 8 -> count();
      default -> colour();
    };
  }

  private Fact home() {
    var name = draw.of("first");
    var place = draw.of("place");
    return new Fact(
        "home " + name,
        draw.pick("%s lives in %s.", "%s has a house in %s.", "%s moved to %s.")
            .formatted(name, place),
        draw.pick("Where does %s live?", "In which town is %s at home?").formatted(name),
        place,
        "%s lives in %s.".formatted(name, place));
  }

  private Fact spot() {
    var thing = draw.of("thing");
    var spot = draw.of("spot");
    return new Fact(
        "spot " + thing,
        draw.pick("The %s is %s.", "You find the %s %s.", "Somebody put the %s %s.")
            .formatted(thing, spot),
        draw.pick("Where is the %s?", "Where do I find the %s?").formatted(thing),
        spot,
        "The %s is %s.".formatted(thing, spot));
  }

  private Fact job() {
    var name = draw.person();
    var job = draw.of("job");
    return new Fact(
        "job " + name,
        draw.pick("%s works as a %s.", "%s is a %s by trade.", "%s has been a %s for years.")
            .formatted(name, job),
        draw.pick("What is the work of %s?", "What does %s do for a living?").formatted(name),
        job,
        "%s is a %s.".formatted(name, job));
  }

  private Fact price() {
    var thing = draw.of("noun");
    var price = draw.number(2, 400) + " " + draw.pick("pounds", "euros", "crowns", "dollars");
    return new Fact(
        "price " + thing,
        draw.pick("The %s costs %s.", "For the %s they ask %s.").formatted(thing, price),
        draw.pick("How much is the %s?", "What does the %s cost?").formatted(thing),
        price,
        "The %s costs %s.".formatted(thing, price));
  }

  private Fact hours() {
    var shop = draw.of("shop");
    var time = draw.number(6, 11) + ":" + draw.pick("00", "15", "30", "45");
    return new Fact(
        "hours " + shop,
        "The %s opens at %s on %s.".formatted(shop, time, draw.of("day")),
        draw.pick("When does the %s open?", "At what time does the %s open?").formatted(shop),
        time,
        "The %s opens at %s.".formatted(shop, time));
  }

  private Fact likes() {
    var name = draw.of("first");
    var drink = draw.of("drink");
    return new Fact(
        "drink " + name,
        draw.pick("%s drinks nothing but %s.", "%s always asks for %s.").formatted(name, drink),
        draw.pick("What does %s drink?", "Which drink does %s like?").formatted(name),
        drink,
        "%s drinks %s.".formatted(name, drink));
  }

  private Fact meeting() {
    var name = draw.of("first");
    var day = draw.of("day");
    return new Fact(
        "meeting " + name,
        draw.pick("The talk with %s is on %s.", "We meet %s on %s.").formatted(name, day),
        draw.pick("On which day do we meet %s?", "When do we see %s?").formatted(name),
        day,
        "We meet %s on %s.".formatted(name, day));
  }

  private Fact owner() {
    var thing = draw.of("adjective") + " " + draw.of("noun");
    var name = draw.person();
    return new Fact(
        "owner " + thing,
        draw.pick("The %s belongs to %s.", "The owner of the %s is %s.").formatted(thing, name),
        draw.pick("Who owns the %s?", "To whom does the %s belong?").formatted(thing),
        name,
        "The %s belongs to %s.".formatted(thing, name));
  }

  private Fact count() {
    var name = draw.of("first");
    var number = "" + draw.number(2, 90);
    var noun = draw.of("noun");
    return new Fact(
        noun + " of " + name,
        draw.pick("%s has %s %ss.", "%s keeps %s %ss at home.").formatted(name, number, noun),
        "How many %ss does %s have?".formatted(noun, name),
        number,
        "%s has %s %ss.".formatted(name, number, noun));
  }

  private Fact colour() {
    var thing = draw.of("thing");
    var name = draw.of("first");
    var colour = draw.of("colour");
    return new Fact(
        "colour " + thing + name,
        "The %s of %s is %s.".formatted(thing, name, colour),
        "What colour is the %s of %s?".formatted(thing, name),
        colour,
        "The %s of %s is %s.".formatted(thing, name, colour));
  }
}
