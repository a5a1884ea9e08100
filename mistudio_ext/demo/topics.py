"""What the English documents are about: twelve topics, with the words and sentences of each.

Some words are in two topics on purpose (bank, bat, conductor, final, pitch, season, spring, thermometer), so that a
feature for a topic has to be more than a list of words. Sentences name the lists below by their fields.
"""

from __future__ import annotations

from dataclasses import dataclass

from .words import words


@dataclass(frozen=True)
class Topic:
    person: tuple[str, ...]
    thing: tuple[str, ...]
    tool: tuple[str, ...]
    did: tuple[str, ...]
    happened: tuple[str, ...]
    adjective: tuple[str, ...]
    place: tuple[str, ...]
    sentences: tuple[str, ...]

    @property
    def words(self) -> frozenset[str]:
        return frozenset(self.person + self.thing + self.tool + self.did + self.happened + self.adjective)


def _topic(person: str, thing: str, tool: str, did: str, happened: str, adjective: str, place: str, *sentences: str) -> Topic:
    return Topic(
        person=words(person),
        thing=words(thing),
        tool=words(tool),
        did=words(did),
        happened=words(happened),
        adjective=words(adjective),
        place=tuple(place.split(", ")),
        sentences=sentences,
    )


TOPICS = {
    "weather": _topic(
        "forecaster meteorologist sailor shepherd pilot",
        "storm cloud wind rain fog thunder lightning breeze frost hail snowflake blizzard drizzle rainbow barometer drought "
        "flood spring season",
        "umbrella raincoat thermometer radar forecast windmill lighthouse weathervane",
        "watched measured predicted feared tracked survived recorded",
        "swirled gathered howled drifted froze melted poured rumbled",
        "cloudy stormy humid windy freezing misty overcast damp sunny",
        "over the valley, along the coast, above the hills, on the horizon, near the bay, across the plain",
        "The temperature fell to {number} degrees {place}.",
        "A {adjective} front brought {number} inches of snow.",
        "The sky turned {adjective} and the {thing} {happened}.",
        "The forecast promised {adjective} skies by evening.",
    ),
    "cooking": _topic(
        "chef baker cook waiter butcher",
        "soup bread sauce onion garlic butter pepper cheese pastry stew flour dough noodle tomato mushroom vinegar broth season",
        "skillet oven saucepan whisk ladle spatula recipe apron",
        "stirred tasted baked chopped simmered roasted seasoned served",
        "bubbled sizzled browned thickened steamed boiled crisped",
        "salty spicy buttery crispy savory sweet bitter toasted tender",
        "in the kitchen, on the stove, at the restaurant, on the counter, in a copper pot, at the bakery",
        "Add {number} spoons of {thing} and stir the {thing}.",
        "Bake the {thing} for {number} minutes until {adjective}.",
        "The {person} mixed {thing} with {adjective} {thing}.",
        "Season the {adjective} {thing} and serve it warm.",
    ),
    "space": _topic(
        "astronaut astronomer engineer cosmonaut commander",
        "planet comet asteroid galaxy nebula orbit moon star meteor satellite crater eclipse gravity supernova pulsar cosmos",
        "rocket telescope capsule spacesuit probe antenna shuttle lander",
        "launched observed orbited explored discovered mapped photographed",
        "glowed orbited exploded spun collapsed shimmered drifted",
        "stellar lunar cosmic distant radiant icy orbital solar massive",
        "beyond the moon, in deep space, near the sun, at the observatory, on the launch pad, around the planet",
        "The probe traveled {number} light years to a {adjective} {thing}.",
        "Mission control confirmed that the {tool} reached {adjective} orbit.",
        "A {adjective} {thing} {happened} in the dark sky.",
        "The {person} counted {number} moons around the {thing}.",
    ),
    "finance": _topic(
        "banker investor trader broker accountant",
        "market stock loan dividend bond profit budget interest mortgage tax currency asset debt inflation portfolio share bank",
        "ledger invoice contract account receipt wallet spreadsheet banknote",
        "bought sold invested audited financed traded borrowed insured",
        "rose fell crashed rallied recovered slumped doubled",
        "profitable risky fiscal bullish bankrupt liquid taxable annual volatile",
        "on the exchange, at the bank, in the quarterly report, in the trading room, at the auction, in the treasury",
        "The {thing} {happened} by {number} percent after the {adjective} report.",
        "The company paid {number} dollars for the {adjective} {thing}.",
        "Investors expect {adjective} {thing} growth this quarter.",
        "The {person} signed a {adjective} {thing} of {number} dollars.",
    ),
    "animals": _topic(
        "zookeeper farmer vet hunter rancher",
        "dog cat horse wolf rabbit fox bear eagle owl tiger elephant bat python goat sheep donkey otter",
        "cage saddle leash nest kennel stable burrow shell",
        "fed chased groomed tamed hunted petted trained",
        "barked growled purred galloped slept hissed crept howled",
        "furry wild hungry tame feathered fierce striped playful shaggy",
        "in the barn, in the forest, at the zoo, by the river, in the meadow, behind the fence",
        "The {adjective} {thing} licked its paws and {happened}.",
        "A herd of {number} {adjective} animals crossed the field.",
        "The {thing} wagged its tail {place}.",
        "The {person} brought hay for the {adjective} {thing}.",
    ),
    "sports": _topic(
        "goalkeeper coach referee striker captain",
        "match goal team ball tournament league penalty race medal trophy championship stadium pitch bat season final",
        "racket helmet jersey whistle scoreboard glove net paddle",
        "scored kicked defended blocked passed tackled won lost",
        "sprinted cheered jumped dribbled dived raced tied",
        "athletic unbeaten injured offside fast defensive winning exhausted rival",
        "at the stadium, on the field, in the second half, at the finish line, on the pitch, in the locker room",
        "The team won the {thing} by {number} points.",
        "The {person} {did} the {adjective} {thing} in overtime.",
        "The fans {happened} when the {person} {did} the ball.",
        "The {adjective} team lost the {thing} after {number} minutes.",
    ),
    "music": _topic(
        "pianist violinist singer drummer conductor",
        "melody song chord rhythm concert symphony opera chorus harmony ballad album orchestra tune anthem pitch",
        "violin guitar trumpet piano flute drum cello microphone",
        "played sang composed rehearsed tuned conducted performed",
        "echoed resonated faded swelled hummed strummed",
        "melodic acoustic harmonic loud soft rhythmic orchestral jazzy lyrical",
        "on stage, in the concert hall, at the opera, in the studio, at the festival, in the choir",
        "The {adjective} {thing} {happened} for {number} bars.",
        "The {person} {did} a {adjective} {thing} on the {tool}.",
        "The band released {number} {adjective} songs.",
        "The audience listened while the {tool} {happened}.",
    ),
    "medicine": _topic(
        "doctor nurse surgeon patient pharmacist",
        "fever infection vaccine surgery virus symptom wound diagnosis tumor allergy fracture pulse therapy disease cough",
        "bandage stethoscope syringe pill scalpel ambulance prescription thermometer",
        "treated examined diagnosed injected healed operated vaccinated",
        "coughed recovered fainted bled ached worsened",
        "contagious feverish chronic sterile painful infected healthy clinical acute",
        "in the hospital, at the clinic, in the emergency room, in the ward, at the pharmacy, on the operating table",
        "The {person} prescribed {number} pills for the {adjective} {thing}.",
        "After {number} days the {adjective} {thing} {happened}.",
        "The {adjective} patient had a {adjective} {thing}.",
        "Blood tests showed a {adjective} {thing}.",
    ),
    "travel": _topic(
        "tourist traveler guide passenger conductor",
        "journey train airport passport luggage hotel ticket voyage border harbor island cruise station hostel itinerary",
        "suitcase map backpack camera compass visa postcard boat",
        "visited booked boarded packed explored crossed toured",
        "departed arrived landed sailed wandered waited",
        "foreign scenic remote crowded overnight tropical coastal delayed exotic",
        "at the airport, across the border, at the hotel, on the platform, along the highway, at the harbor",
        "The {adjective} train left platform {number} before dawn.",
        "The flight to the {adjective} island took {number} hours.",
        "The {person} lost a {tool} {place}.",
        "We {did} the {adjective} {thing} on our trip.",
    ),
    "garden": _topic(
        "gardener florist botanist neighbor",
        "rose tulip seed leaf tree orchard vine weed bush blossom lawn fern soil root petal hedge bank spring",
        "shovel rake hose wheelbarrow flowerpot trellis greenhouse bench",
        "planted watered pruned raked trimmed picked mowed",
        "bloomed sprouted withered grew blossomed climbed wilted",
        "leafy fragrant blooming thorny green mossy fertile ripe overgrown",
        "in the garden, under the oak, by the pond, along the path, in the greenhouse, on the lawn",
        "The {person} {did} {number} {adjective} tulips {place}.",
        "The {adjective} {thing} {happened} after the watering.",
        "Bees visited the {adjective} {thing} {place}.",
        "{they} raked the leaves and {did} the {adjective} {thing}.",
    ),
    "law": _topic(
        "judge lawyer witness detective sheriff",
        "trial crime verdict evidence sentence jury court prison thief murder alibi appeal testimony statute fraud",
        "gavel handcuffs warrant document robe badge affidavit transcript",
        "accused arrested convicted questioned prosecuted sued acquitted",
        "testified confessed appealed escaped objected pleaded",
        "guilty innocent illegal criminal legal suspicious sworn unjust federal",
        "in court, at the police station, before the jury, in the cell, on the witness stand, in the courtroom",
        "The {person} sentenced the {adjective} thief to {number} years.",
        "The jury found the {adjective} suspect guilty of {thing}.",
        "The {person} read the {adjective} {thing} aloud.",
        "The police {did} the {adjective} suspect {place}.",
    ),
    "school": _topic(
        "teacher student professor pupil librarian",
        "lesson exam homework grade essay lecture textbook classroom quiz semester diploma chapter campus subject final",
        "pencil notebook blackboard desk chalk dictionary eraser ruler",
        "studied taught graded memorized explained learned wrote",
        "graduated listened whispered answered revised failed",
        "academic difficult literate studious bright written educational late attentive",
        "in the classroom, at the university, in the library, on campus, at the desk, in the lecture hall",
        "The {person} graded {number} essays before the exam.",
        "The {adjective} pupil answered {number} questions correctly.",
        "The {person} {did} the {adjective} {thing} {place}.",
        "Open the textbook at chapter {number} and read the {thing}.",
    ),
}
