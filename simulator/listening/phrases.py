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

_OPEN_WORDS = _set(
    """and but or so because since although though while whereas if unless until when whenever where which who whom
    whose that than as nor plus also then a an the this these those my your his her its our their to of in on at by
    for with from into onto about over under between through during without within against toward towards upon i we
    they he she you it's i'm we're they're you're he's she's i'd we'd i've we've they've is are was were am be been
    being has have had do does did will would could should can may might must not very really quite pretty just like
    basically actually maybe perhaps probably kind sort either neither both each every some any more most such what
    how why even especially including"""
)
"""Words that want a word after them: a clause that stops on one is not finished."""

_DONE = re.compile(
    r"(?:^|[.!?,;] |\b(?:and|so|but|okay|ok|yeah|yes|well|right|i think|i guess|um|uh) )"
    r"(?:(?:i think |i guess |i'd say )?(?:that's|that is|that'd be|that would be) "
    r"(?:it|all|everything|basically it|pretty much it|about it|my answer|my story|the story|the whole story|"
    r"the end of (?:the|my) story|all i (?:have|had|can say|wanted to say|got|remember))"
    r"(?: from me| for me| from my side| really| i think| i guess| basically| for now)?"
    r"|i'm (?:done|finished|all done)|i am (?:done|finished)|i'm done (?:with (?:that|my answer)|here)"
    r"|i'll (?:stop|leave it|end) (?:there|here|at that)|let me (?:stop|end) (?:there|here)"
    r"|i (?:have )?nothing (?:more|else)(?: to (?:add|say))?|i don't have anything (?:else|more)(?: to (?:add|say))?"
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

_CLOSING = re.compile(
    r"\b(?:so that(?:'s| is| was) (?:what|how|why|the|my|when|where|basically)|in the end|at the end of the day"
    r"|that(?:'s| is| was) (?:what|how|why|when|where|the (?:biggest|main|thing|lesson|outcome|result|part))"
    r"|(?:what|the (?:lesson|thing)) i (?:learned|took|learnt)|i learned (?:that|to|from)|looking back|in hindsight"
    r"|if i (?:did|had|could do|were to do) it|to this day|ever since|since then|so yeah|and yeah|so overall|overall"
    r"|and it worked|it worked out|i don't (?:know|remember|recall)|i'm not sure|i can't (?:remember|recall|say)"
    r"|i (?:would|wouldn't|would've) (?:have )?(?:do|done|change|start|started|say|ask|asked))\b"
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


def finished_p(words: Sequence[Word]) -> float:
    """Give how finished the last words sound as a sentence, 0 to 1.

    A trailing filler, conjunction, preposition or article, an ellipsis or a hyphen says that more is to come;
    a full stop that the recognizer set says that it may be over, and a concluding phrase says so louder.
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
    if last in _OPEN_WORDS:
        return 0.15 if ended else 0.04
    sentence = _SENTENCE_END.split(text)[-1]
    sure = 0.7 if ended else 0.45
    if len(sentence.split(" ")) <= 2 and len(words) > 4:
        sure -= 0.15
    if _CLOSING.search(sentence):
        sure += 0.15
    return sure
