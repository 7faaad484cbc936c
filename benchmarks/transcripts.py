"""Thirty messages translated, twenty put into slang, twenty chats of four turns: transcripts to be read.

    python benchmarks/transcripts.py --store STORE [--engine embedded] [--model NAME]
        [--part plain|slang|chat] [--messages FILE]

STORE holds the sample (`slangrag ingest --sample --store STORE`), or anything else. --messages reads other
messages, one a line, in place of these thirty. Prints what a user would see, each slang span with the
definition it was read with, the follow-ups as they were understood, and then counts. The counts say what
the program did; whether it was right is for the reader.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from pathlib import Path

from slangrag import Slang
from slangrag.answer.chat.conversation import Continued, ReadAs, begin
from slangrag.answer.events import Finished, Sources, Withdrawn
from slangrag.answer.translate.terms import Direction
from slangrag.errors import SlangragError

MESSAGES = """no cap that fit is bussin
ngl the movie was mid but the soundtrack slaps
bro got cooked in ranked last night 0-12 💀 absolute skill issue
Priya's wedding was lowkey the best party of 2024
that exam was lowkey brutal ngl
he ghosted me after 3 dates and now he's back in my DMs?? the audacity
I'm dead 😂😂 she really said that to the principal
omw, save me a seat, also bring the receipts
can u stop flexing your new whip for like 2 seconds @marco_87
the concert on Friday was lit, Sam threw the ball into the crowd
gg ez, your healer was afk the whole match lol
this coffee is fire but it cost me six quid
we're having a ball at grandma's, the kids are playing with the dog
Don't be salty because I won fair and square
My landlord is so sus, he asked for cash again https://example.org/post/12
yesterday i was so hangry i ate a whole pizza by myself, no regrets tbh
She's been simping for that streamer since March, it's giving desperate
FOMO is real, everyone is in Lisbon except me
that's cap, you never met Beyoncé
is it cold outside? should I bring a coat
The committee will meet on Thursday at 10:30 to discuss the budget.
¿Vienes a la fiesta esta noche? Va a estar genial
je suis en retard, désolé, on se voit à 20h
ok
👀👀👀
SHE ATE AND LEFT NO CRUMBS!!! QUEEN 👑
my dad tried to use skibidi in a sentence and I had to log off
u up? wyd tmrw, wanna grab a bite near the station around 7
I can't with him rn, he yeeted my charger out the window bc "the vibe was off"
so i get to work right and karen from accounting is like we need to talk about the fridge, and i'm like \
ok, turns out somebody ate her yogurt AGAIN, ngl it was me, i was starving, but i am not about to take \
the L for a 50 cent yogurt so i just did the side eye at Kevin, who was sweaty as anything, and she went \
feral, full on rage quit the meeting, and the boss is just standing there like bruh, anyway long story \
short we have a camera in the kitchen now and i'm cooked"""

PLAIN_MESSAGES = """He is an honest man
That outfit looks great on you
I left the party quickly because I was tired
She stopped answering his messages without a word
You are lying and everybody knows it
The food at that new place is extremely good
My best friend is coming over tonight
I will be right there, I am on my way
Your car must have cost a thousand dollars
He keeps showing off his new watch
To be honest I did not like the ending
That song is excellent
She was annoyed after losing the game
Go outside and live a little
He is very charming with everyone he meets
I am very hungry and that makes me angry
Thank you so much for the flowers
We should meet on Monday at 3 pm
That man looks suspicious to me
It was a mediocre film, I gave it 5 out of 10"""

CHATS = """what does rizz mean | is it rude? | use it in a sentence | and what about its opposite?
hi | what's up with "no cap"? | thanks! | lol ok
what is ghosting | what else can it mean | is it the same as orbiting? | bye
what does cap mean | what else can it mean | and no cap? | so they are opposites?
define delulu | who uses it? | can I say it to my boss? | thank you so much
what's the word for stopping all contact with someone without explanation | use it in a sentence | ok cool | \
another word for it?
sus | where does it come from? | is it still used? | and mid?
what does "ate and left no crumbs" mean | shorter please | is it a compliment? | what's the opposite?
hello there | who are you? | what can you do? | what does salty mean
what does blorptastic mean | are you sure? | ok then what does bet mean | what else can it mean
my friend texted me "ngl that fit is fire" what does that mean | which one is about clothes? | and ngl? | ty
what does W mean | and L? | use them both in a sentence | good bot
drip | no, the other meaning | how do you use it | is that british?
what does skibidi mean | why do kids say it | that makes no sense | whatever
what is the difference between a simp and a stan | which one is worse? | what about a fan? | cool
what does GOAT stand for | is it offensive? | what about goated? | translate: she is the goat
what does cheeky mean | is it rude? | and chuffed? | what about the first one, is it rude?
what does yeet mean | conjugate it | past tense? | lol
how are you | tell me a joke | what's the capital of France | ok, what is tea in slang
what does it mean | what does mog mean | haha nice | what does it mean"""


def main() -> None:
    """Translate, chat, print, count."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--engine", default="embedded")
    parser.add_argument("--model", default=None)
    parser.add_argument("--part", choices=("plain", "slang", "chat"), default=None)
    parser.add_argument("--messages", type=Path, default=None)
    asked = parser.parse_args()
    messages = (asked.messages.read_text(encoding="utf-8") if asked.messages else MESSAGES).splitlines()
    with Slang.open(asked.store, engine=asked.engine, chat_model=asked.model) as slang:
        if asked.part in ("plain", None):
            translations(messages, "plain", slang)
        if asked.part in ("slang", None):
            translations(PLAIN_MESSAGES.splitlines(), "slang", slang)
        if asked.part in ("chat", None):
            chats(slang)


def translations(messages: list[str], to: Direction, slang: Slang) -> None:
    """Each message, its translation and the glossary; then how many were changed, and how."""
    counts: Counter[str] = Counter()
    for message in messages:
        told = slang.translate(message, to=to)
        print(f"\n## {message}\n-> {told.plain}")
        for term in told.terms:
            meanings = " | or: ".join(one.meaning for one in term.told)
            print(f"    {term.span.text} ({term.sense.word}): {meanings}")
        for remark in told.notes:
            print(f"    * {remark}")
        counts["unchanged"] += told.plain == message
        counts["in the model's words"] += told.rewritten
        counts["spans glossed"] += len(told.terms)
        counts["spans still in the text"] += sum(term.span.text in told.plain for term in told.terms)
    print(f"\n{len(messages)} messages to {to}: {', '.join(f'{n} {what}' for what, n in counts.items())}")


def chats(slang: Slang) -> None:
    """Each chat as it would go; then what its answers were made of."""
    counts: Counter[str] = Counter()
    began = time.perf_counter()
    for number, turns in enumerate(CHATS.splitlines(), start=1):
        print(f"\n## chat {number}")
        talk = begin()
        for asked in turns.split(" | "):
            print(f"> {asked}")
            looked_up = False
            try:
                for event in slang.converse(asked, talk):
                    if isinstance(event, ReadAs):
                        counts["follow-ups"] += 1
                        print(f"    (read as: {event.text})")
                    elif isinstance(event, Sources):
                        looked_up = True
                    elif isinstance(event, Withdrawn):
                        counts["sentences withdrawn"] += 1
                        print(f"    (withdrawn: {event.text}: {event.reason})")
                    elif isinstance(event, Finished):
                        told = event.answer
                        print(f"  {told.text}")
                        for remark in told.notes:
                            print(f"    * {remark}")
                        counts["small talk"] += not looked_up
                        counts["abstained"] += told.abstained
                        counts["cited"] += told.grounded
                        counts["with quotations"] += told.quoted
                    elif isinstance(event, Continued):
                        talk = event.conversation
            except SlangragError as error:
                counts["engine errors"] += 1
                print(f"    (error: {error.message})")
    spent = time.perf_counter() - began
    print(f"\n{len(CHATS.splitlines())} chats in {spent:.0f} s: {dict(counts)}")


if __name__ == "__main__":
    main()
