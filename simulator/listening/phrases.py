"""What the last words say about the turn: finished, unfinished, asking for time, or only a backchannel. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from simulator.domain.words import Word


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


FILLERS = _set("um uh uhm umm uhh er erm eh ah hm hmm mm mmm")
"""Filled pauses: nobody has finished on one of these."""

BACKCHANNELS = _set(
    "mhm mm mmm hm hmm uh huh uhhuh mmhmm yeah yes yep yup ok okay right sure aha ah oh i see got it cool great"
)
"""Words that say "I am listening"; they don't claim the turn."""

_OPENERS = _set(
    """and but or because since although though whereas if unless until whenever who whom whose than nor plus
    a an the my your his her its our their of from with into onto between through during without within against
    towards upon i we they he she i'm we're they're you're he's she's i'd we'd i've we've they've there's especially
    including either neither every very"""
)
"""Words that always want a word after them: a clause that stops on one is not finished."""

_OFTEN_OPEN = _set(
    """so while when where which that this as also then these those to in on at by for about over under it you it's is
    are was were am be been being has have had do does did will would could should can may might must not really quite
    pretty just like basically actually maybe perhaps probably kind sort both each some any more most such what how
    why even think said"""
)
"""Words that mostly want a word after them, though a sentence can end on one ("that's what it is")."""

_DONE = re.compile(
    r"(?:^|[.!?,;] |\b(?:and|so|but|okay|ok|yeah|yes|well|right|i think|i guess|um|uh) )"
    r"(?:(?:i think |i guess |i'd say )?(?:that's|that is|that'd be|that would be) "
    r"(?:it|all|everything|basically it|pretty much it|about it|my answer|my story|the story|the whole story|"
    r"the end of (?:the|my) story|all i (?:have|had|can say|wanted to say|got|remember))"
    r"(?: from me| for me| from my side| really| i think| i guess| basically| for now)?"
    r"|i'm (?:done|finished|all done)|i am (?:done|finished)|i'm done (?:with (?:that|my answer)|here)"
    r"|i'll (?:stop|leave it|end) (?:there|here|at that)|let me (?:stop|end) (?:there|here)"
    r"|i have nothing(?: (?:more|else))?(?: (?:left )?to (?:add|say))?"
    r"|i don't have anything (?:else|more)(?: to (?:add|say))?"
    r"|nothing (?:more|else) to (?:add|say)|over to you|next question(?: please)?|end of story)$"
)

_WAIT = re.compile(
    r"(?:^|\b)(?:let me (?:just )?(?:think|see|recall|remember|collect my thoughts|gather my thoughts)"
    r"(?: about (?:that|this|it))?(?: for)?(?: a| one| just a)?(?: second| sec| moment| minute| bit)?"
    r"|(?:can you |could you |please )?(?:just )?give me (?:a|one|just a) (?:second|sec|moment|minute|bit)"
    r"|(?:just )?(?:a|one) (?:second|sec|moment|minute)(?: please)?|hold on(?: a (?:second|sec|moment|minute))?"
    r"|bear with me|i (?:just )?need (?:a|one) (?:second|sec|moment|minute)(?: to think)?"
    r"|i(?:'m| am) (?:just )?thinking|(?:can|could|may) i (?:have|take|think for) a (?:second|moment|minute)"
    r"|i(?:'ll| will) (?:have to|need to) think(?: about (?:that|this|it))?"
    r"(?: for)?(?: a (?:second|moment|minute|bit))?"
    r"|(?:that's|that is) a (?:good|great|tough|hard|difficult) (?:question|one)|(?:good|tough|hard) question)$"
)

_UNKNOWN = re.compile(
    r"\b(?:i (?:don't|do not|can't|cannot|couldn't|didn't) (?:really |honestly |actually )?"
    r"(?:know|remember|recall|say|tell you)|i(?:'m| am) not sure|no idea|i have no idea|i wasn't (?:there|involved)"
    r"|not that i (?:know|remember|recall))\b"
)

_SENTENCE_END = re.compile(r"[.!?]\s+")


def plain(words: Sequence[Word]) -> str:
    """Give words as lower-case text with single spaces; punctuation stays, the apostrophe is straight."""
    return " ".join(word.text for word in words).lower().replace("’", "'").replace("…", "...").strip()


def _bare(text: str) -> str:
    return text.rstrip(" .!?,;:-")


def says_done(words: Sequence[Word]) -> bool:
    """Tell whether the words end with the candidate saying that the answer is over ("I'm done", "that's it")."""
    return bool(_DONE.search(_bare(plain(words[-16:]))))


def asks_for_time(words: Sequence[Word]) -> bool:
    """Tell whether the words end with a wish for time ("let me think", "give me a second")."""
    tail = [word for word in words[-16:] if _bare(plain((word,))) not in FILLERS]
    return bool(_WAIT.search(_bare(plain(tail))))


def is_backchannel(words: Sequence[Word]) -> bool:
    """Tell whether the words only say "I am listening" ("mhm", "okay, right")."""
    texts = [re.sub(r"[^a-z]", "", plain((word,))) for word in words]
    return len(texts) <= 4 and all(text in BACKCHANNELS for text in texts)


def only_admits(words: Sequence[Word]) -> bool:
    """Tell whether all that was said is a short "I don't know" or "I don't remember": a whole reply in itself."""
    return 0 < len(words) <= 12 and bool(_UNKNOWN.search(plain(words)))


def finished_p(words: Sequence[Word]) -> float:
    """Give how finished the last words sound as a sentence, 0 to 1.

    A trailing filler, conjunction, preposition or article, an ellipsis or a hyphen says that more is to come;
    a full stop that the recognizer set says that it may be over.
    """
    if not words:
        return 0.0
    text = plain(words[-40:])
    if text.endswith(("...", "-", ",", ":", ";")):
        return 0.1
    ended = text.endswith((".", "!", "?"))
    last = _bare(text).split(" ")[-1]
    if last in FILLERS:
        return 0.02
    if last in _OPENERS:
        return 0.1 if ended else 0.03
    if last in _OFTEN_OPEN:
        return 0.45 if ended else 0.06
    sentence = _SENTENCE_END.split(text)[-1]
    sure = 0.7 if ended else 0.45
    return sure - 0.15 if len(sentence.split(" ")) <= 2 and len(words) > 4 else sure
